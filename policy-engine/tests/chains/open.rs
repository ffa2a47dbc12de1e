//! Facts that a source leaves open: a definite answer is right whatever fills them, and one that differs is unknown.

use super::*;
use policy_engine::inventory::Tag;

/// The answer of a world with an open fact, which each world with that fact filled in must bear out.
fn answer(open: &Inventory, fillings: &[Inventory]) -> Decision {
    let refuses = |decision| matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny);
    let walk = reads(open);
    let filled: Vec<_> = fillings.iter().map(|world| reads(world).decision).collect();
    let agree = |other: &Decision| {
        *other == walk.decision || (refuses(*other) && walk.decision == Decision::ImplicitDeny)
    };
    match walk.decision {
        Decision::Unknown => assert!(!walk.unknown.is_empty(), "nothing would settle it"),
        _ => assert!(
            filled.iter().all(agree),
            "{:?} of {filled:?}",
            walk.decision
        ),
    }
    walk.decision
}

/// The same where fillings differ, so that only one answer is right; says what would settle it.
fn differs(open: &Inventory, fillings: &[Inventory]) -> Vec<String> {
    assert_eq!(answer(open, fillings), Decision::Unknown);
    let decisions: Vec<_> = fillings.iter().map(|world| reads(world).decision).collect();
    assert!(
        decisions.iter().any(|decision| *decision != decisions[0]),
        "every filling gives {decisions:?}"
    );
    reads(open).unknown
}

fn with(change: impl Fn(&mut Inventory)) -> Inventory {
    changed(&world(), change)
}

fn changed(world: &Inventory, change: impl Fn(&mut Inventory)) -> Inventory {
    let mut world = world.clone();
    change(&mut world);
    world
}

fn hole() -> Hole {
    Hole::any("the fact")
}

fn open<T>(list: Vec<T>) -> Listed<T> {
    Listed {
        list,
        open: Some(hole()),
    }
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let tag = |(key, value): &(&str, &str)| Tag {
        key: here((*key).to_owned()),
        value: here(Text::from(*value)),
    };
    Tags::all(pairs.iter().map(tag).collect(), Origin::NOWHERE)
}

fn open_tags(pairs: &[(&str, &str)]) -> Tags {
    Tags {
        open: Some(hole()),
        ..tags(pairs)
    }
}

fn identity(statements: &Value) -> Listed<Arc<PolicyDocument>> {
    Listed::all(vec![document(PolicyType::Identity, statements)])
}

/// The pod may read what has its own team's tag; the role's tag says which team.
fn by_team(role: Tags, secret: Tags) -> Inventory {
    with(move |world| {
        world.roles[0].inline = identity(
            &json!({ "Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Condition": {
                "StringEquals": { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } } }),
        );
        world.roles[0].tags = role.clone();
        world.secrets[0].tags = secret.clone();
    })
}

#[test]
fn open_tags_of_a_role_may_be_any() {
    let secret = || tags(&[("team", "a")]);
    let fillings =
        [&[][..], &[("team", "a")], &[("team", "b")]].map(|role| by_team(tags(role), secret()));
    let unknown = differs(&by_team(open_tags(&[]), secret()), &fillings);
    assert_eq!(unknown, ["the fact"]);
    // A tag that is known stays known, whatever stands beside it.
    let own = by_team(open_tags(&[("team", "a")]), secret());
    let fillings = [by_team(tags(&[("team", "a"), ("x", "y")]), secret())];
    assert_eq!(answer(&own, &fillings), Decision::Allow);
    // A tag of the session hides the role's.
    let tested = |role: Tags| {
        changed(&by_team(role, tags(&[])), |world| {
            world.associations[0].session_tags = Attribute::Absent;
            world.roles[0].inline = identity(
                &json!({ "Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Condition": {
                    "StringEquals": { "aws:PrincipalTag/kubernetes-namespace": "dev" } } }),
            );
        })
    };
    let other = tested(tags(&[("kubernetes-namespace", "qa")]));
    assert_eq!(answer(&tested(open_tags(&[])), &[other]), Decision::Allow);
}

#[test]
fn open_tags_of_a_role_are_open_where_it_is_assumed() {
    let trusting = |tags: Tags| {
        with(move |world| {
            let trust = json!([{ "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" },
                "Action": "sts:AssumeRole", "Condition": { "StringEquals": { "aws:ResourceTag/pods": "yes" } } }]);
            world.roles[0].trust = Attribute::Known(document(PolicyType::Trust, &trust));
            world.roles[0].tags = tags.clone();
        })
    };
    let fillings = [trusting(tags(&[])), trusting(tags(&[("pods", "yes")]))];
    differs(&trusting(open_tags(&[])), &fillings);
}

#[test]
fn open_tags_of_a_secret_may_be_any() {
    let role = || tags(&[("team", "a")]);
    let fillings =
        [&[][..], &[("team", "a")], &[("team", "b")]].map(|secret| by_team(role(), tags(secret)));
    differs(&by_team(role(), open_tags(&[])), &fillings);
    let unstated = differs(&by_team(role(), Tags::unstated(Origin::NOWHERE)), &fillings);
    assert_eq!(unstated, ["tags of 111122223333:db"]);
    let own = by_team(role(), open_tags(&[("team", "a")]));
    let filling = by_team(role(), tags(&[("x", "y"), ("team", "a")]));
    assert_eq!(answer(&own, &[filling]), Decision::Allow);
}

#[test]
fn open_policies_of_a_role_may_allow_or_deny_anything() {
    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    let own = |statements: &[Value]| {
        let documents = statements.iter();
        let documents = documents.map(|statement| document(PolicyType::Identity, statement));
        documents.collect::<Vec<_>>()
    };
    let all = allow(&json!("*"), "*");
    let inline =
        |list: Listed<Arc<PolicyDocument>>| with(|world| world.roles[0].inline = list.clone());
    let fillings = [&[all.clone()][..], &[all.clone(), deny.clone()]]
        .map(|statements| inline(Listed::all(own(statements))));
    differs(&inline(open(own(std::slice::from_ref(&all)))), &fillings);
    let fillings = [&[][..], std::slice::from_ref(&all)]
        .map(|statements| inline(Listed::all(own(statements))));
    differs(&inline(open(Vec::new())), &fillings);
    // What denies is known.
    let denied = inline(open(own(std::slice::from_ref(&deny))));
    let fillings = [inline(Listed::all(own(&[all, deny])))];
    assert_eq!(answer(&denied, &fillings), Decision::ExplicitDeny);
    let attached = with(|world| world.roles[0].attached = open(Vec::new()));
    assert_eq!(answer(&attached, &[world()]), Decision::Unknown);
    // Where roles are complete, a list that no source tells of is empty.
    let unstated = with(|world| world.roles[0].attached = Listed::unstated(Vec::new()));
    assert_eq!(reads(&unstated).decision, Decision::Allow);
}

#[test]
fn a_boundary_that_may_be_there_may_refuse_or_change_whom_a_deny_hits() {
    const BOUNDARY: &str = "arn:aws:iam::111122223333:policy/boundary";
    let bounded = |action: &str| {
        let boundary = document(PolicyType::Identity, &allow(&json!(action), "*"));
        with(|world| {
            world
                .policies
                .push(policy_engine::inventory::ManagedPolicy {
                    arn: BOUNDARY.into(),
                    document: boundary.clone(),
                });
            world.roles[0].boundary = Attribute::Known(here(BOUNDARY.into()));
        })
    };
    let unknown = with(|world| world.roles[0].boundary = Attribute::Unknown(hole()));
    differs(&unknown, &[world(), bounded("*"), bounded("s3:*")]);
    // AWS: a Deny with NotPrincipal hits every principal that has a boundary, also those it names.
    let guard = |world: &Inventory| {
        changed(world, |world| {
            world.secrets[0].policy = ResourcePolicy::Document(document(
                PolicyType::Resource,
                &json!({ "Effect": "Deny", "NotPrincipal": { "AWS": [SHOP, READER] }, "Action": "*", "Resource": "*" }),
            ));
        })
    };
    assert_eq!(reads(&guard(&world())).decision, Decision::Allow);
    assert_eq!(
        reads(&guard(&bounded("*"))).decision,
        Decision::ExplicitDeny
    );
    differs(&guard(&unknown), &[guard(&world()), guard(&bounded("*"))]);
    // What the identity policies do not allow stays refused.
    let silent =
        |world: &Inventory| changed(world, |world| world.roles[0].inline = Listed::default());
    let fillings = [silent(&world()), silent(&bounded("*"))];
    assert_eq!(answer(&silent(&unknown), &fillings), Decision::ImplicitDeny);
}

#[test]
fn a_trust_policy_that_is_not_known_may_let_anybody_in() {
    let deny_all = json!({ "Effect": "Deny", "Principal": "*", "Action": "*" });
    let refused = with(|world| {
        world.roles[0].trust = Attribute::Known(document(PolicyType::Trust, &deny_all));
    });
    let unknown = with(|world| world.roles[0].trust = Attribute::unstated());
    let names = differs(&unknown, &[world(), refused]);
    assert_eq!(names, ["trust policy of 111122223333:reader"]);
}

#[test]
fn a_resource_policy_that_may_be_there_may_deny() {
    let policy = |policy: ResourcePolicy| with(|world| world.secrets[0].policy = policy.clone());
    let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" });
    let deny = ResourcePolicy::Document(document(PolicyType::Resource, &deny));
    let none = policy(ResourcePolicy::None(Origin::NOWHERE));
    let unknown = policy(ResourcePolicy::Unknown(hole()));
    differs(&unknown, &[none, policy(deny)]);
    // Where secrets are complete, one that no source tells of is not there.
    let unstated = policy(ResourcePolicy::Unknown(Hole::unstated()));
    assert_eq!(reads(&unstated).decision, Decision::Allow);
}

/// A secret with a customer key whose policy lets one action through.
fn encrypted(action: &str, change: impl Fn(&mut KmsKey)) -> Inventory {
    let policy = json!({ "Effect": "Allow", "Principal": { "AWS": SHOP }, "Action": action, "Resource": "*" });
    with(|world| {
        let mut key = KmsKey {
            arn: Text::from(format!("arn:aws:kms:us-east-1:{SHOP}:key/1")),
            name: None,
            account: SHOP.into(),
            region: "us-east-1".into(),
            policy: Attribute::Known(document(PolicyType::Key, &policy)),
            aliases: Vec::new(),
            more_aliases: None,
            grants: Listed::default(),
            tags: tags(&[]),
            aws_managed: false,
            enabled: Attribute::Absent,
            unfit: Attribute::Absent,
            origin: Origin::NOWHERE,
        };
        change(&mut key);
        world.secrets[0].key = KeyRef::Named(here("1".into()));
        world.keys.push(key);
    })
}

#[test]
fn a_key_policy_that_is_not_known_may_refuse() {
    let unknown = encrypted("*", |key| key.policy = Attribute::Unknown(hole()));
    let fillings = [encrypted("kms:*", |_| {}), encrypted("kms:Encrypt", |_| {})];
    differs(&unknown, &fillings);
}

#[test]
fn a_key_that_may_be_disabled_may_refuse_and_allows_nothing_new() {
    let enabled = |value: bool| move |key: &mut KmsKey| key.enabled = Attribute::Known(here(value));
    let unknown = |key: &mut KmsKey| key.enabled = Attribute::Unknown(hole());
    let fillings = [
        encrypted("kms:*", enabled(true)),
        encrypted("kms:*", enabled(false)),
    ];
    differs(&encrypted("kms:*", unknown), &fillings);
    // A key that refuses refuses, enabled or not.
    let fillings = [
        encrypted("kms:Encrypt", enabled(true)),
        encrypted("kms:Encrypt", enabled(false)),
    ];
    let answer = answer(&encrypted("kms:Encrypt", unknown), &fillings);
    assert_eq!(answer, Decision::ImplicitDeny);
}

#[test]
fn open_grants_may_let_anybody_decrypt() {
    let grant = policy_engine::request::Grant {
        grantee: Text::from(READER),
        operations: vec!["Decrypt".into()],
        context_equals: None,
        context_subset: None,
    };
    let granted = encrypted("kms:Encrypt", |key| {
        key.grants = Listed::all(vec![grant.clone()]);
    });
    let unknown = encrypted("kms:Encrypt", |key| key.grants = open(Vec::new()));
    let names = differs(
        &unknown,
        &[encrypted("kms:Encrypt", |_| {}), granted.clone()],
    );
    assert_eq!(names, ["the fact"]);
    // Grants only allow.
    let known = encrypted("kms:*", |key| key.grants = open(Vec::new()));
    assert_eq!(
        answer(&known, &[encrypted("kms:*", |_| {})]),
        Decision::Allow
    );
}

#[test]
fn open_tags_of_a_key_may_be_any() {
    let tested = |tags: Tags| {
        changed(
            &encrypted("kms:*", |key| key.tags = tags.clone()),
            |world| {
                world.roles[0].inline = identity(&json!([
                    allow(&json!("secretsmanager:*"), "*"),
                    { "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
                      "Condition": { "StringEquals": { "aws:ResourceTag/team": "a" } } }
                ]));
            },
        )
    };
    let fillings = [tested(tags(&[])), tested(tags(&[("team", "a")]))];
    differs(&tested(open_tags(&[])), &fillings);
}

#[test]
fn open_shares_may_be_with_anybody() {
    let unknown = changed(&shared(VAULT), |world| {
        world.parameters[0].shares = open(Vec::new());
    });
    differs(&unknown, &[shared(SHOP), shared(VAULT)]);
    let named = changed(&shared(SHOP), |world| {
        world.parameters[0].shares.open = Some(hole());
    });
    assert_eq!(answer(&named, &[shared(SHOP)]), Decision::Allow);
}

#[test]
fn session_tags_that_may_be_off_are_asked_for_both_ways() {
    let tagged = |sets: Attribute<Spanned<bool>>, tested: &str, trusted: &Value| {
        with(|world| {
            let trust = json!({ "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" },
                "Action": trusted });
            world.roles[0].trust = Attribute::Known(document(PolicyType::Trust, &trust));
            world.roles[0].inline = identity(
                &json!({ "Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Condition": {
                    "StringLike": { "aws:PrincipalTag/kubernetes-namespace": tested } } }),
            );
            world.associations[0].session_tags = sets.clone();
        })
    };
    let unknown = || Attribute::Unknown(hole());
    let sets = |value: bool| Attribute::Known(here(value));
    let both = |tested: &str, trusted: &Value| {
        [true, false].map(|value| tagged(sets(value), tested, trusted))
    };
    let (all, assume) = (
        json!(["sts:AssumeRole", "sts:TagSession"]),
        json!("sts:AssumeRole"),
    );
    // Only with tags, and without: what the policy tests is set by them.
    assert_eq!(
        differs(&tagged(unknown(), "dev", &all), &both("dev", &all)),
        ["the fact"]
    );
    // Neither with them, since nobody may set them, nor without.
    let refused = tagged(unknown(), "dev", &assume);
    assert_eq!(
        answer(&refused, &both("dev", &assume)),
        Decision::ImplicitDeny
    );
    let walk = reads(&refused);
    assert!(walk.session.unwrap().tags.is_empty());
    // Whatever they are, the pod is in another namespace.
    let other = tagged(unknown(), "qa", &all);
    assert_eq!(answer(&other, &both("qa", &all)), Decision::ImplicitDeny);
    // Nothing tests them.
    let plain = |sets: Attribute<Spanned<bool>>| {
        with(|world| world.associations[0].session_tags = sets.clone())
    };
    let fillings = [
        plain(sets(true)),
        plain(sets(false)),
        plain(Attribute::Absent),
    ];
    assert_eq!(answer(&plain(unknown()), &fillings), Decision::Allow);
}

#[test]
fn roles_of_an_association_that_are_not_known_leave_the_chain_open() {
    let other = "arn:aws:iam::111122223333:role/other";
    let role =
        |role: Attribute<Spanned<String>>| with(|world| world.associations[0].role = role.clone());
    let known = |arn: &str| Attribute::Known(here(arn.to_owned()));
    let names = differs(
        &role(Attribute::unstated()),
        &[role(known(READER)), role(known(other))],
    );
    assert_eq!(names, ["role of the association of prod:dev/app"]);
    let target = |target: Attribute<Spanned<String>>| {
        with(|world| world.associations[0].target_role = target.clone())
    };
    let open = target(Attribute::Unknown(hole()));
    differs(&open, &[target(Attribute::Absent), target(known(other))]);
    let walk = reads(&open);
    assert_eq!(walk.deciding().unwrap().name, StageName::Chain);
    assert!(walk.session.is_none());
    // What cannot become the first role cannot become another one.
    let closed = |world: &Inventory| {
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "*" });
        changed(world, |world| {
            world.roles[0].trust = Attribute::Known(document(PolicyType::Trust, &deny));
        })
    };
    let fillings = [closed(&world()), closed(&target(known(other)))];
    assert_eq!(answer(&closed(&open), &fillings), Decision::ExplicitDeny);
}

#[test]
fn an_external_id_that_is_not_known_may_be_the_one_that_is_asked_for() {
    let id = |id: Attribute<String>| {
        changed(&chained("told"), |world| {
            world.associations[0].external_id = id.clone();
        })
    };
    let fillings = ["told", "else"].map(|text| id(Attribute::Known(text.into())));
    differs(&id(Attribute::Unknown(hole())), &fillings);
}

#[test]
fn a_session_policy_that_may_be_there_may_refuse() {
    let policy = |policy: Attribute<Arc<PolicyDocument>>| {
        with(|world| world.associations[0].policy = policy.clone())
    };
    let session =
        |action: &str| Attribute::Known(document(PolicyType::Session, &allow(&json!(action), "*")));
    let fillings = [
        policy(Attribute::Absent),
        policy(session("*")),
        policy(session("s3:*")),
    ];
    differs(&policy(Attribute::Unknown(hole())), &fillings);
}

#[test]
fn an_issuer_that_is_not_known_may_be_the_one_that_is_trusted() {
    const ISSUER: &str = "oidc.eks.us-east-1.amazonaws.com/id/A1";
    const OTHER: &str = "oidc.eks.us-east-1.amazonaws.com/id/B2";
    let trust = json!({ "Effect": "Allow",
        "Principal": { "Federated": format!("arn:aws:iam::{SHOP}:oidc-provider/{ISSUER}") },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { format!("{ISSUER}:sub"): "system:serviceaccount:dev:app" } } });
    let issued = |issuer: Attribute<String>| {
        with(|world| {
            world.associations.clear();
            world.clusters[0].issuer = issuer.clone();
            world.roles[0].trust = Attribute::Known(document(PolicyType::Trust, &trust));
            world.service_accounts = vec![policy_engine::inventory::ServiceAccount {
                pod: pod(),
                irsa: Some(here(READER.into())),
                origin: Origin::NOWHERE,
            }];
        })
    };
    let fillings = [ISSUER, OTHER].map(|issuer| issued(Attribute::Known(issuer.into())));
    differs(&issued(Attribute::Unknown(hole())), &fillings);
}

#[test]
fn a_parameter_that_may_be_encrypted_needs_a_key_perhaps() {
    let parameter = |secure: Attribute<bool>, enabled: bool| {
        changed(&encrypted("kms:*", |_| {}), |world| {
            world.secrets.clear();
            world.keys[0].enabled = Attribute::Known(here(enabled));
            let mut own = shared(SHOP).parameters;
            own[0].arn = format!("arn:aws:ssm:us-east-1:{SHOP}:parameter/db");
            own[0].account = AccountId::parse(SHOP).unwrap();
            own[0].secure = secure.clone();
            own[0].key = KeyRef::Named(here("1".into()));
            world.parameters = own;
        })
    };
    let both = |enabled| [true, false].map(|secure| parameter(Attribute::Known(secure), enabled));
    let unknown = |enabled| parameter(Attribute::Unknown(hole()), enabled);
    assert_eq!(differs(&unknown(false), &both(false)), ["the fact"]);
    assert_eq!(answer(&unknown(true), &both(true)), Decision::Allow);
}

#[test]
fn an_alias_that_no_key_is_known_to_have_may_be_one_of_a_key_with_unknown_aliases() {
    let keyed = |aliases: &[&str], more: Option<Hole>| {
        changed(&replicated(), |world| {
            world.mounts[0].failover = None;
            world.secrets[0].replicas.list.clear();
            world.secrets[0].key = KeyRef::Named(here("alias/app".into()));
            world.keys[0].aliases = aliases.iter().map(|name| (*name).to_owned()).collect();
            world.keys[0].more_aliases.clone_from(&more);
        })
    };
    let fillings = [keyed(&[], None), keyed(&["alias/app"], None)];
    assert_eq!(differs(&keyed(&[], Some(hole())), &fillings), ["the fact"]);
    // Aliases of a key in another region are none of this secret.
    let elsewhere = changed(&keyed(&[], None), |world| {
        world.keys[1].more_aliases = Some(hole());
    });
    assert_eq!(reads(&elsewhere).decision, Decision::ImplicitDeny);
}
