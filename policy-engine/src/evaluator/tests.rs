//! The verdicts of the policy types determine the decision.

use super::{Decision, Situation, Voice, Voices, context::View, decide, statement::Naming};
use crate::{
    request::{Action, Context, Principal, Request, Traits},
    syntax::arn::Segmented,
    text::{HoleKind, Text},
    truth::Truth,
    uncertainty::Uncertainties,
};
use proptest::{option, prelude::*, sample::select};

fn truth() -> impl Strategy<Value = Truth> {
    select(vec![Truth::False, Truth::Unknown, Truth::True])
}

fn voice() -> impl Strategy<Value = Option<Voice>> {
    let ways = [truth(), truth(), truth(), truth(), truth()];
    let voice = (truth(), ways).prop_map(|(deny, ways)| Voice {
        deny,
        allow: Naming::of(ways),
    });
    option::of(voice)
}

fn voices() -> impl Strategy<Value = Voices> {
    let voices = [
        voice(),
        voice(),
        voice(),
        voice(),
        voice(),
        voice(),
        voice(),
    ];
    voices.prop_map(
        |[session, identity, boundary, scp, rcp, endpoint, resource]| Voices {
            session,
            identity,
            boundary,
            scp,
            rcp,
            endpoint,
            resource,
        },
    )
}

fn principal() -> impl Strategy<Value = Principal> {
    let account = || Text::from("111111111111");
    select(vec![
        Principal::Root { account: account() },
        Principal::parse("arn:aws:iam::111111111111:user/ann").unwrap(),
        Principal::parse("arn:aws:sts::111111111111:assumed-role/app/pod").unwrap(),
        Principal::parse("arn:aws:sts::111111111111:federated-user/fred").unwrap(),
        Principal::Service("pods.eks.amazonaws.com".to_owned()),
        Principal::WebIdentity {
            provider: Text::from("accounts.google.com"),
        },
        Principal::Anonymous,
    ])
}

fn request() -> impl Strategy<Value = Request> {
    let resources = select(vec![
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf",
        ),
        (
            "kms:Decrypt",
            "arn:aws:kms:us-east-1:111111111111:key/1234abcd",
        ),
        ("sts:AssumeRole", "arn:aws:iam::111111111111:role/app"),
    ]);
    let owners = select(vec![
        Some(Text::from("111111111111")),
        Some(Text::from("222222222222")),
        Some(Text::hole("account of the secret", HoleKind::Some)),
        None,
    ]);
    (principal(), resources, owners).prop_map(|(principal, (action, resource), owner)| Request {
        principal,
        action: Action::new(action).unwrap(),
        resource: Segmented::new(Text::from(resource)),
        resource_account: owner,
        context: Context::default(),
        traits: Traits::default(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn what_is_not_allowed_names_the_policy_type_that_decides(request in request(), mut voices in voices()) {
        // Policies that a principal cannot have are not asked.
        if Situation::new(&request).caller != super::Caller::Account {
            (voices.session, voices.identity, voices.boundary) = (None, None, None);
        }
        let view = View::new(&request, Uncertainties::NONE);
        let outcome = decide(&request, &voices, &view);
        let decided = outcome.decided_by();
        prop_assert_eq!(decided.is_none(), outcome.decision == Decision::Allow, "{:?}", outcome);
    }
}

#[test]
fn the_partition_of_the_caller_is_that_of_its_session() {
    let role = Text::from("arn:aws")
        .then(&Text::hole("suffix of the partition", HoleKind::Any))
        .then(&Text::from(":iam::111111111111:role/app"));
    let session = Text::from("arn:aws:sts::111111111111:assumed-role/app/pod-1");
    let same_account = |session: Option<Text>, resource: Text| {
        Situation::new(&Request {
            principal: Principal::Session {
                role: role.clone(),
                session,
                account: Text::from("111111111111"),
            },
            action: Action::new("secretsmanager:GetSecretValue").unwrap(),
            resource: Segmented::new(resource),
            resource_account: Some(Text::from("111111111111")),
            context: Context::default(),
            traits: Traits::default(),
        })
        .same_account
    };
    let secret = |partition: &str| {
        Text::from(format!(
            "arn:{partition}:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf"
        ))
    };
    assert_eq!(
        same_account(Some(session.clone()), secret("aws")),
        Truth::True
    );
    assert_eq!(
        same_account(Some(session.clone()), secret("aws-cn")),
        Truth::False
    );
    // The role alone may be of any partition.
    assert_eq!(same_account(None, secret("aws")), Truth::Unknown);
    let open = Text::from("arn:")
        .then(&Text::hole("partition", HoleKind::Any))
        .then(&Text::from(
            ":secretsmanager:us-east-1:111111111111:secret:a-AbCdEf",
        ));
    assert_eq!(same_account(Some(session), open), Truth::Unknown);
}
