//! Walks through worlds with target roles, session policies, replicas, endpoints and shares
//! (docs/semantics.md#from-a-pod-to-a-secret).

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a world that cannot be built has failed"
)]

#[path = "chains/open.rs"]
mod open;
#[path = "chains/references.rs"]
mod references;

use policy_engine::{
    evaluator::Decision,
    inventory::{
        AccountId, Association, Attribute, Closed, Cluster, Dialect, Endpoint, Inventory, KeyRef,
        KmsKey, Listed, Mount, Organization, Parameter, Pod, Region, Replica, ResourcePolicy, Role,
        RoleArn, Secret, Tags, Unit, find::Object, promise::Ask,
    },
    policy::{PolicyDocument, PolicyType, parse},
    request::ContextValue,
    simulator::{Question, Simulator, StageName, Target, Walk},
    source::{Origin, SourceId, Spanned},
    syntax::json,
    text::{Hole, Text},
    uncertainty::Uncertainties,
};
use serde_json::{Value, json};
use std::sync::Arc;

const SHOP: &str = "111122223333";
const VAULT: &str = "444455556666";
const READER: &str = "arn:aws:iam::111122223333:role/reader";
const TARGET: &str = "arn:aws:iam::444455556666:role/target";

fn document(kind: PolicyType, statements: &Value) -> Arc<PolicyDocument> {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let node = json::parse(SourceId(0), &text).unwrap();
    let (document, problems) = parse::document(&node, kind, "p");
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(document)
}

fn here<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Origin::NOWHERE)
}

fn allow(actions: &Value, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
}

fn pod() -> Pod {
    Pod {
        cluster: "arn:aws:eks:us-east-1:111122223333:cluster/prod".into(),
        namespace: "dev".into(),
        service_account: "app".into(),
    }
}

fn role(arn: &str, trust: &Value, identity: &Value) -> Role {
    Role {
        arn: RoleArn::parse(arn).unwrap(),
        trust: Attribute::Known(document(PolicyType::Trust, trust)),
        inline: Listed::all(vec![document(PolicyType::Identity, identity)]),
        attached: Listed::default(),
        boundary: Attribute::Absent,
        tags: Tags::all(Vec::new(), Origin::NOWHERE),
        unique_id: None,
        origin: Origin::NOWHERE,
    }
}

fn association() -> Association {
    Association {
        cluster: pod().cluster,
        namespace: here("dev".into()),
        service_account: here("app".into()),
        role: Attribute::Known(here(READER.into())),
        target_role: Attribute::Absent,
        external_id: Attribute::Absent,
        session_tags: Attribute::Known(here(false)),
        policy: Attribute::Absent,
        declared: None,
        duplicates: Vec::new(),
        origin: Origin::NOWHERE,
    }
}

fn secret(name: &str, account: &str) -> Secret {
    Secret {
        arn: Text::from(format!(
            "arn:aws:secretsmanager:us-east-1:{account}:secret:{name}-AbCdEf"
        )),
        name: name.into(),
        account: AccountId::parse(account).unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        tags: Tags::all(Vec::new(), Origin::NOWHERE),
        key: KeyRef::AwsManaged(Origin::NOWHERE),
        policy: ResourcePolicy::None(Origin::NOWHERE),
        replicas: Listed::default(),
        deleted: Attribute::Absent,
        origin: Origin::NOWHERE,
    }
}

/// A closed world in which one pod may read everything of its account.
fn world() -> Inventory {
    let trust = json!({ "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" },
        "Action": ["sts:AssumeRole", "sts:TagSession"] });
    let cluster = Cluster {
        arn: pod().cluster,
        name: "prod".into(),
        account: AccountId::parse(SHOP).unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        partition: "aws".into(),
        issuer: Attribute::unstated(),
        endpoints: Vec::new(),
        rotation: true,
        provider: Dialect::default(),
        audiences: None,
        origin: Origin::NOWHERE,
    };
    Inventory {
        clusters: vec![cluster],
        associations: vec![association()],
        roles: vec![role(READER, &trust, &allow(&json!("*"), "*"))],
        secrets: vec![secret("db", SHOP)],
        closed: Closed {
            all: true,
            kinds: Vec::new(),
            ..Closed::default()
        },
        ..Inventory::default()
    }
}

fn asked(world: &Inventory, target: impl Fn(&Inventory) -> Object<'_>, ask: &Ask) -> Walk {
    let simulator = Simulator::new(world);
    simulator.walk(&Question {
        pod: &pod(),
        target: Target::Object(target(world)),
        ask,
        via: None,
        given: &[],
        other: Uncertainties::NONE,
    })
}

fn reads(world: &Inventory) -> Walk {
    asked(world, |world| world.objects().next().unwrap(), &Ask::Read)
}

#[test]
fn the_plain_world_is_read() {
    assert_eq!(reads(&world()).decision, Decision::Allow);
}

/// A pod that reads a secret of another account as a target role, which asks for an external id.
fn chained(external_id: &str) -> Inventory {
    let mut world = world();
    let trust = json!({ "Effect": "Allow", "Principal": { "AWS": READER }, "Action": "sts:AssumeRole",
        "Condition": { "StringEquals": { "sts:ExternalId": external_id } } });
    let target = role(TARGET, &trust, &allow(&json!("secretsmanager:*"), "*"));
    world.roles.push(target);
    world.associations[0].target_role = Attribute::Known(here(TARGET.into()));
    world.secrets = vec![secret("db", VAULT)];
    world
}

#[test]
fn the_external_id_that_eks_makes_is_known_before_it_is_made() {
    let own = "us-east-1/111122223333/prod/dev/app";
    assert_eq!(reads(&chained(own)).decision, Decision::Allow);
    let other = reads(&chained("us-east-1/111122223333/prod/qa/app"));
    assert_eq!(other.deciding().unwrap().name, StageName::Chain);
    let mut stated = chained("told");
    stated.associations[0].external_id = Attribute::Known("told".into());
    assert_eq!(reads(&stated).decision, Decision::Allow);
    stated.associations[0].external_id = Attribute::Known("else".into());
    assert_eq!(reads(&stated).decision, Decision::ImplicitDeny);
    // Which cluster it is nobody says: the id is not known, and not absent.
    let mut nowhere = chained(own);
    nowhere.clusters.clear();
    let walk = reads(&nowhere);
    assert_eq!(walk.decision, Decision::Unknown);
    assert!(
        walk.unknown
            .iter()
            .any(|reason| reason.contains("external id")),
        "{:?}",
        walk.unknown
    );
}

#[test]
fn a_session_policy_is_that_of_its_own_pod_wherever_it_is_written() {
    let mut world = world();
    let policy =
        |action: &str| Attribute::Known(document(PolicyType::Session, &allow(&json!(action), "*")));
    world.associations[0].policy = policy("secretsmanager:GetSecretValue");
    // Written at the same place: an alias of YAML, or a place that nobody knows.
    let mut other = association();
    other.service_account = here("other".into());
    other.policy = policy("s3:GetObject");
    world.associations.push(other);
    let simulator = Simulator::new(&world);
    let decide = |service_account: &str| {
        let pod = Pod {
            service_account: service_account.into(),
            ..pod()
        };
        simulator.decide(&Question {
            pod: &pod,
            target: Target::Object(world.objects().next().unwrap()),
            ask: &Ask::Call("secretsmanager:DescribeSecret".into()),
            via: None,
            given: &[],
            other: Uncertainties::NONE,
        })
    };
    assert_eq!(decide("app"), Decision::ImplicitDeny);
    drop(simulator);
    // The policy of the key that AWS manages names everyone, whom no session policy limits.
    assert_eq!(reads(&world).decision, Decision::Allow);
}

#[test]
fn a_session_policy_limits_the_target_role_and_not_the_first_role() {
    let mut world = chained("us-east-1/111122223333/prod/dev/app");
    let only = allow(
        &json!(["secretsmanager:GetSecretValue", "kms:Decrypt"]),
        "*",
    );
    world.associations[0].policy = Attribute::Known(document(PolicyType::Session, &only));
    // The first session may still assume the role, which its policy does not name.
    assert_eq!(reads(&world).decision, Decision::Allow);
    let walk = asked(
        &world,
        |world| world.objects().next().unwrap(),
        &Ask::Rotate,
    );
    assert_eq!(walk.deciding().unwrap().name, StageName::Session);
}

/// A secret with a replica, a customer key in each region, and a mount that fails over.
fn replicated() -> Inventory {
    let mut world = world();
    let key = |region: &str| KmsKey {
        arn: Text::from(format!("arn:aws:kms:{region}:{SHOP}:key/{region}")),
        name: None,
        account: SHOP.into(),
        region: region.into(),
        policy: Attribute::Known(document(
            PolicyType::Key,
            &json!({ "Effect": "Allow", "Principal": { "AWS": SHOP }, "Action": "kms:*", "Resource": "*" }),
        )),
        aliases: Vec::new(),
        more_aliases: None,
        grants: Listed::default(),
        tags: Tags::all(Vec::new(), Origin::NOWHERE),
        aws_managed: false,
        enabled: Attribute::Absent,
        unfit: Attribute::Absent,
        origin: Origin::NOWHERE,
    };
    world.keys = vec![key("us-east-1"), key("eu-west-1")];
    world.secrets[0].key = KeyRef::Named(here("us-east-1".into()));
    world.secrets[0].replicas.list = vec![Replica {
        region: here("eu-west-1".into()),
        key: KeyRef::Named(here("eu-west-1".into())),
    }];
    world.mounts = vec![Mount {
        pod: pod(),
        object: here("db".into()),
        region: None,
        failover: Some(here("eu-west-1".into())),
        version: None,
        label: None,
        via: None,
    }];
    world
}

#[test]
fn one_region_is_enough_and_both_refused_are_refused() {
    assert_eq!(reads(&replicated()).decision, Decision::Allow);
    for disabled in [0, 1] {
        let mut world = replicated();
        world.keys[disabled].enabled = Attribute::Known(here(false));
        assert_eq!(reads(&world).decision, Decision::Allow, "key {disabled}");
    }
    let mut dark = replicated();
    dark.keys
        .iter_mut()
        .for_each(|key| key.enabled = Attribute::Known(here(false)));
    assert_eq!(reads(&dark).decision, Decision::ImplicitDeny);
    // The primary's data call is refused, the replica's key cannot be used.
    let mut mixed = replicated();
    mixed.keys[1].enabled = Attribute::Known(here(false));
    let only_replica = "arn:aws:secretsmanager:eu-west-1:*:secret:*";
    let statements = json!([
        allow(&json!("secretsmanager:*"), only_replica),
        allow(&json!("kms:*"), "*")
    ]);
    mixed.roles[0].inline = Listed::all(vec![document(PolicyType::Identity, &statements)]);
    assert_eq!(reads(&mixed).decision, Decision::ImplicitDeny);
    mixed.keys[1].enabled = Attribute::Known(here(true));
    assert_eq!(reads(&mixed).decision, Decision::Allow);
}

#[test]
fn a_replica_in_an_unknown_region_may_be_in_any_region() {
    let asked = |world: &Inventory, name: &str| {
        let mut world = world.clone();
        world.mounts[0].object = here(name.into());
        world.mounts[0].region = Some(here("eu-north-1".into()));
        world.mounts[0].failover = None;
        reads(&world).decision
    };
    let mut world = replicated();
    for open in [None, Some(Hole::unstated())] {
        world.secrets[0].replicas.open = open;
        assert_eq!(asked(&world, "db"), Decision::ImplicitDeny);
    }
    world.secrets[0].replicas.open = Some(Hole::any("var.region"));
    assert_eq!(asked(&world, "db"), Decision::Unknown);
}

#[test]
fn an_endpoint_is_that_of_the_clusters_account() {
    let endpoint = |account: &str, action: &str| Endpoint {
        id: "secrets".into(),
        account: account.into(),
        service: "secretsmanager".into(),
        vpc: None,
        policy: Some(document(
            PolicyType::Endpoint,
            &json!({ "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*" }),
        )),
        origin: Origin::NOWHERE,
    };
    let mut world = world();
    world.clusters[0].endpoints = vec!["secrets".into()];
    world.endpoints = vec![endpoint(VAULT, "s3:GetObject"), endpoint(SHOP, "*")];
    assert_eq!(reads(&world).decision, Decision::Allow);
    world.endpoints = vec![endpoint(VAULT, "*"), endpoint(SHOP, "s3:GetObject")];
    let walk = reads(&world);
    assert_eq!(walk.deciding().unwrap().name, StageName::Endpoint);
}

/// Asks with a condition key that the request contains.
fn reads_with(world: &Inventory, key: &str, value: &str) -> Walk {
    let simulator = Simulator::new(world);
    let given = [(key.to_owned(), ContextValue::Single(value.into()))];
    simulator.walk(&Question {
        pod: &pod(),
        target: Target::Object(Object::Secret(&world.secrets[0])),
        ask: &Ask::Read,
        via: None,
        given: &given,
        other: Uncertainties::NONE,
    })
}

#[test]
fn a_request_through_an_endpoint_meets_its_policy_or_is_undecided() {
    let mut world = world();
    let policy = |effect: &str| {
        let statements =
            json!([{ "Effect": effect, "Principal": "*", "Action": "*", "Resource": "*" }]);
        Some(document(PolicyType::Endpoint, &statements))
    };
    let endpoint = |id: &str, service: &str, policy| Endpoint {
        id: id.into(),
        account: SHOP.into(),
        service: service.into(),
        vpc: Some("vpc-1".into()),
        policy,
        origin: Origin::NOWHERE,
    };
    world.endpoints = vec![
        endpoint("vpce-1", "secretsmanager", policy("Deny")),
        endpoint("vpce-2", "ssm", policy("Allow")),
    ];
    let vpc = "aws:SourceVpc";
    assert_eq!(
        reads_with(&world, vpc, "vpc-1").decision,
        Decision::ExplicitDeny
    );
    for (key, value, fact) in [
        (
            vpc,
            "vpc-2",
            "endpoint policy of the endpoint for secretsmanager in vpc-2",
        ),
        ("aws:SourceVpce", "vpce-9", "endpoint policy of vpce-9"),
    ] {
        let walk = reads_with(&world, key, value);
        assert_eq!(walk.decision, Decision::Unknown, "{value}");
        assert_eq!(walk.unknown, [fact]);
    }
    world.endpoints[0].policy = policy("Allow");
    assert_eq!(reads_with(&world, vpc, "vpc-1").decision, Decision::Allow);
    // An endpoint of an unknown VPC may be the endpoint of the request, as may each of two.
    world.endpoints[0].vpc = None;
    assert_eq!(reads_with(&world, vpc, "vpc-1").decision, Decision::Unknown);
    world.endpoints[0].vpc = Some("vpc-1".into());
    world.endpoints[1].service = "secretsmanager".into();
    assert_eq!(reads_with(&world, vpc, "vpc-1").decision, Decision::Unknown);
}

fn shared(with: &str) -> Inventory {
    let mut world = world();
    world.secrets.clear();
    world.parameters = vec![Parameter {
        arn: format!("arn:aws:ssm:us-east-1:{VAULT}:parameter/db"),
        name: "/db".into(),
        account: AccountId::parse(VAULT).unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        secure: Attribute::Known(false),
        advanced: true,
        key: KeyRef::Unknown(Hole::unstated()),
        tags: Tags::all(Vec::new(), Origin::NOWHERE),
        shares: Listed::all(vec![here(with.into())]),
        origin: Origin::NOWHERE,
    }];
    world
}

#[test]
fn a_share_with_a_unit_is_for_the_accounts_below_it() {
    let unit = |id: &str, accounts: &[&str], units: Vec<Unit>| Unit {
        id: id.into(),
        scps: Vec::new(),
        rcps: Vec::new(),
        full_access: true,
        accounts: accounts
            .iter()
            .filter_map(|id| AccountId::parse(id))
            .collect(),
        units,
        origin: Origin::NOWHERE,
    };
    let mut world = shared("ou-ab12-teams");
    assert_eq!(reads(&world).decision, Decision::ImplicitDeny);
    let below = unit("ou-ab12-shop", &[SHOP], Vec::new());
    let teams = unit("ou-ab12-teams", &[], vec![below]);
    let organization = |root| Organization {
        id: "o-1".into(),
        management: None,
        root,
    };
    world.organization = Some(organization(unit("r-1", &[VAULT], vec![teams])));
    assert_eq!(reads(&world).decision, Decision::Allow);
    let teams = unit("ou-ab12-teams", &[VAULT], Vec::new());
    world.organization = Some(organization(unit("r-1", &[SHOP], vec![teams])));
    assert_eq!(reads(&world).decision, Decision::ImplicitDeny);
}

#[test]
fn a_share_with_the_organization_needs_the_organization() {
    assert_eq!(reads(&shared(SHOP)).decision, Decision::Allow);
    assert_eq!(reads(&shared(VAULT)).decision, Decision::ImplicitDeny);
    let mut world = shared("organization");
    assert_eq!(reads(&world).decision, Decision::ImplicitDeny);
    world.closed = Closed {
        all: false,
        kinds: vec![("roles".into(), None)],
        ..Closed::default()
    };
    let walk = reads(&world);
    assert_eq!(walk.decision, Decision::Unknown);
    assert!(
        walk.unknown.iter().any(|reason| reason == "organization"),
        "{:?}",
        walk.unknown
    );
    let unit = |accounts: &[&str]| Unit {
        id: "r-1".into(),
        scps: Vec::new(),
        rcps: Vec::new(),
        full_access: true,
        accounts: accounts
            .iter()
            .filter_map(|id| AccountId::parse(id))
            .collect(),
        units: Vec::new(),
        origin: Origin::NOWHERE,
    };
    for (accounts, expected) in [
        (&[SHOP, VAULT][..], Decision::Allow),
        (&[VAULT][..], Decision::ImplicitDeny),
    ] {
        world.organization = Some(Organization {
            id: "o-1".into(),
            management: None,
            root: unit(accounts),
        });
        assert_eq!(reads(&world).decision, expected, "{accounts:?}");
    }
}
