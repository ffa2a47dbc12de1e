//! Parameters whose name references a secret (docs/semantics.md#parameters-that-reference-secrets).

use super::*;
use policy_engine::inventory::{RunAs, SecretProviderClass, Workload, class::read_objects};

/// The plain world, with a class that mounts these objects.
fn mounting(actions: &Value, objects: &Value) -> Inventory {
    let text = objects.to_string();
    let node = json::parse(SourceId(0), &text).unwrap();
    let mut world = world();
    world.roles[0].inline = Listed::all(vec![document(PolicyType::Identity, &allow(actions, "*"))]);
    world.classes.push(SecretProviderClass {
        cluster: pod().cluster,
        namespace: "dev".into(),
        name: here("files".into()),
        provider: "aws".into(),
        unquoted: Vec::new(),
        parameters: vec![(here("usePodIdentity".into()), here("true".into()))],
        parameters_origin: Origin::NOWHERE,
        objects: read_objects(Some(&node), &text).unwrap(),
        retyped: None,
        unreadable: None,
        synced: Vec::new(),
    });
    world.workloads.push(Workload {
        cluster: pod().cluster,
        namespace: "dev".into(),
        kind: "Deployment".into(),
        name: "app".into(),
        service_account: here("app".into()),
        classes: vec![here("files".into())],
        volumes: Vec::new(),
        run_as: RunAs::default(),
        fs_group: None,
        groups: Vec::new(),
        origin: Origin::NOWHERE,
    });
    world
}

/// The walks of the mounts of a world.
fn walks(world: &Inventory, ask: &Ask) -> Vec<Walk> {
    let simulator = Simulator::new(world);
    let walk = |mount| {
        simulator.walk(&Question {
            pod: &pod(),
            target: Target::Mount(mount),
            ask,
            via: None,
            given: &[],
            other: Uncertainties::NONE,
        })
    };
    simulator.mounts().iter().map(walk).collect()
}

fn reference(name: &str) -> Value {
    json!([{ "objectName": format!("/aws/reference/secretsmanager/{name}"), "objectType": "ssmparameter" }])
}

#[test]
fn a_reference_needs_the_parameter_and_the_secret() {
    let (parameter, value) = ("ssm:GetParameters", "secretsmanager:GetSecretValue");
    for (actions, decision) in [
        (json!([parameter, value]), Decision::Allow),
        (json!([parameter]), Decision::ImplicitDeny),
        (json!([value]), Decision::ImplicitDeny),
    ] {
        for name in ["db", "db:AWSPREVIOUS"] {
            for ask in [Ask::Read, Ask::Rotate] {
                let walks = walks(&mounting(&actions, &reference(name)), &ask);
                assert_eq!(walks[0].decision, decision, "{name} {ask:?} {actions}");
                let calls = walks[0].calls.iter();
                let called: Vec<_> = calls
                    .map(|call| {
                        format!(
                            "{} {}",
                            call.request.action.name(),
                            call.request.resource.text()
                        )
                    })
                    .filter(|call| !call.starts_with("sts:"))
                    .collect();
                let expected = [
                    "ssm:GetParameters arn:aws:ssm:us-east-1:111122223333:parameter/aws/reference/secretsmanager/db",
                    "secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf",
                ];
                assert_eq!(called[..2], expected);
            }
        }
    }
}

#[test]
fn a_reference_to_a_secret_that_does_not_exist_names_the_secret() {
    let world = mounting(&json!("*"), &reference("other"));
    let walks = walks(&world, &Ask::Read);
    let stage = walks[0].deciding().unwrap();
    assert_eq!(stage.name, StageName::Class);
    let note = format!("{stage:?}");
    assert!(
        note.contains("there is no secret `other` in us-east-1"),
        "{note}"
    );
}

#[test]
fn a_condition_on_the_network_of_a_reference_is_unknown() {
    let mut world = mounting(&json!("ssm:GetParameters"), &reference("db"));
    let mut statement = allow(&json!("secretsmanager:GetSecretValue"), "*");
    statement["Condition"] = json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } });
    let second = document(PolicyType::Identity, &statement);
    let first = document(
        PolicyType::Identity,
        &allow(&json!("ssm:GetParameters"), "*"),
    );
    world.roles[0].inline = Listed::all(vec![first, second]);
    assert_eq!(walks(&world, &Ask::Read)[0].decision, Decision::Unknown);
}
