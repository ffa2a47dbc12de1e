//! Plans.

use super::case::{DENY, PODS, READ, TRUST, decided, load, mounts, read_in_account};
use policy_engine::simulator::Simulator;
use serde_json::{Value, json};

/// What a plan states of one resource: its address, its values, and what is known after apply.
struct Planned {
    address: &'static str,
    actions: &'static str,
    values: Value,
    unknown: Value,
}

fn planned(address: &'static str, values: Value) -> Planned {
    Planned {
        address,
        actions: "create",
        values,
        unknown: json!({}),
    }
}

/// The cluster, the secret, the role that reads it, and the association.
fn usual() -> Vec<Planned> {
    vec![
        planned("aws_eks_cluster.prod", json!({"name": "prod"})),
        planned("aws_secretsmanager_secret.db", json!({"name": "pay/db"})),
        planned(
            "aws_iam_role.reader",
            json!({"name": "pod-reader", "path": "/", "assume_role_policy": TRUST}),
        ),
        planned(
            "aws_iam_role_policy.read",
            json!({"name": "read", "role": "pod-reader", "policy": READ}),
        ),
        planned(
            "aws_eks_pod_identity_association.api",
            json!({"cluster_name": "prod", "namespace": "pay", "service_account": "api", "role_arn": "arn:aws:iam::111122223333:role/pod-reader"}),
        ),
    ]
}

fn plan(resources: &[Planned]) -> String {
    let described = |planned: &Planned| {
        let (kind, name) = planned.address.split_once('.').unwrap();
        json!({"address": planned.address, "mode": "managed", "type": kind, "name": name, "provider_name": "registry.terraform.io/hashicorp/aws"})
    };
    let stays = resources
        .iter()
        .filter(|planned| planned.actions != "forget");
    let values = stays.map(|planned| {
        let mut resource = described(planned);
        resource["values"] = planned.values.clone();
        resource
    });
    let changes = resources.iter().map(|planned| {
        let mut change = described(planned);
        let is_gone = planned.actions == "forget";
        let (before, after) = if is_gone {
            (planned.values.clone(), Value::Null)
        } else {
            (Value::Null, planned.values.clone())
        };
        change["change"] = json!({"actions": [planned.actions], "before": before, "after": after, "after_unknown": planned.unknown});
        change
    });
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": values.collect::<Vec<_>>()}},
        "resource_changes": changes.collect::<Vec<_>>(),
    })
    .to_string()
}

fn with(more: Vec<Planned>) -> String {
    let mut resources = usual();
    resources.extend(more);
    decided(&[("plan.json", &plan(&resources))])
}

fn guard() -> Planned {
    planned(
        "aws_iam_role_policy.guard",
        json!({"name": "guard", "role": "pod-reader", "policy": DENY}),
    )
}

#[test]
fn what_terraform_forgets_stays_in_aws() {
    assert_eq!(with(vec![]), "allow");
    let forgotten = Planned {
        actions: "forget",
        ..guard()
    };
    assert_eq!(with(vec![forgotten]), "deny");
}

#[test]
fn policies_that_may_be_taken_from_a_role_are_not_certain() {
    let only = |kind: &'static str, values: Value, unknown: Value| Planned {
        address: kind,
        actions: "create",
        values,
        unknown,
    };
    let inline = "aws_iam_role_policies_exclusive.only";
    let open = json!({"role_name": true});
    for (values, unknown, expected) in [
        (json!({"policy_names": ["read"]}), open.clone(), "unknown"),
        (
            json!({"policy_names": ["read", "guard"]}),
            open.clone(),
            "deny",
        ),
        (
            json!({"policy_names": ["read"], "role_name": "pod-reader"}),
            json!({}),
            // Each apply undoes the other.
            "unknown",
        ),
        (
            json!({"policy_names": ["read", "guard"], "role_name": "pod-reader"}),
            json!({}),
            "deny",
        ),
        (
            json!({"policy_names": ["read"], "role_name": "other"}),
            json!({}),
            "deny",
        ),
    ] {
        let shown = values.to_string();
        let answer = with(vec![guard(), only(inline, values, unknown)]);
        assert_eq!(answer, expected, "{shown}");
    }
    let attached = || {
        vec![
            planned(
                "aws_iam_policy.guard",
                json!({"name": "guard", "arn": "arn:aws:iam::111122223333:policy/guard", "policy": DENY}),
            ),
            planned(
                "aws_iam_role_policy_attachment.guard",
                json!({"role": "pod-reader", "policy_arn": "arn:aws:iam::111122223333:policy/guard"}),
            ),
        ]
    };
    let mut resources = attached();
    assert_eq!(with(attached()), "deny");
    let exclusive = "aws_iam_role_policy_attachments_exclusive.only";
    resources.push(only(exclusive, json!({"policy_arns": []}), open));
    assert_eq!(with(resources), "unknown");
}

#[test]
fn a_plan_that_is_read_before_the_role_keeps_its_policies() {
    let mut resources = usual();
    let policy = resources.remove(3);
    let (role, grant) = (plan(&resources), plan(&[policy]));
    assert_eq!(decided(&[("a.json", &grant), ("b.json", &role)]), "allow");
    assert_eq!(decided(&[("a.json", &role), ("b.json", &grant)]), "allow");
    let guarded = plan(&[guard()]);
    let whole = plan(&usual());
    assert_eq!(decided(&[("a.json", &guarded), ("b.json", &whole)]), "deny");
}

/// The configuration of a plan: the provider of the account, and an alias with the credentials of a role.
fn configured(plan: &str, role: &Value, address: &str) -> String {
    let mut plan: Value = serde_json::from_str(plan).unwrap();
    let resources = plan["planned_values"]["root_module"]["resources"].clone();
    let configured = resources.as_array().unwrap().iter().map(|resource| {
        let is_elsewhere = resource["address"] == address;
        let provider = if is_elsewhere { "aws.vault" } else { "aws" };
        json!({"address": resource["address"], "mode": "managed", "type": resource["type"], "name": resource["name"], "provider_config_key": provider})
    });
    plan["configuration"] = json!({
        "provider_config": {
            "aws": {"name": "aws", "expressions": {"allowed_account_ids": {"constant_value": ["111122223333"]}, "region": {"constant_value": "us-east-1"}}},
            "aws.vault": {"name": "aws", "alias": "vault", "expressions": {"region": {"constant_value": "us-east-1"}, "assume_role": [{"role_arn": role}]}},
        },
        "root_module": {"resources": configured.collect::<Vec<_>>()},
    });
    plan.to_string()
}

#[test]
fn an_alias_of_an_unknown_account_may_work_in_this_one() {
    let mut resources = usual();
    resources.push(guard());
    let written = plan(&resources);
    let role =
        |account: &str| json!({"constant_value": format!("arn:aws:iam::{account}:role/deploy")});
    for (role, expected) in [
        (role("111122223333"), "deny"),
        (role("444455556666"), "allow"),
        (json!({"references": ["var.role"]}), "unknown"),
    ] {
        let plan = configured(&written, &role, "aws_iam_role_policy.guard");
        assert_eq!(decided(&[("plan.json", &plan)]), expected, "{role}");
    }
    let plan = configured(
        &plan(&usual()),
        &json!({"references": ["var.role"]}),
        "aws_secretsmanager_secret.db",
    );
    assert_eq!(
        decided(&[("plan.json", &plan)]),
        "unknown",
        "a secret that may lie elsewhere"
    );
}

#[test]
fn an_attachment_to_an_unknown_role_adds_its_own_statements_alone() {
    let attached = |arn: &str| Planned {
        address: "aws_iam_role_policy_attachment.node",
        actions: "create",
        values: json!({"policy_arn": arn}),
        unknown: json!({"role": true}),
    };
    for (arn, expected) in [
        (
            "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
            "allow",
        ),
        ("arn:aws:iam::aws:policy/AdministratorAccess", "allow"),
        ("arn:aws:iam::aws:policy/AWSDenyAll", "unknown"),
        ("arn:aws:iam::111122223333:policy/other", "unknown"),
    ] {
        assert_eq!(with(vec![attached(arn)]), expected, "{arn}");
    }
    let mut resources = usual();
    resources.remove(3);
    resources.push(attached("arn:aws:iam::aws:policy/AdministratorAccess"));
    assert_eq!(decided(&[("plan.json", &plan(&resources))]), "unknown");
}

#[test]
fn a_name_is_looked_up_in_the_account_of_the_role_that_reads() {
    let target = json!({"target_role_arn": "arn:aws:iam::444455556666:role/target"});
    for (more, unknown, account) in [
        (json!({}), json!({}), "111122223333"),
        (target, json!({}), "444455556666"),
        (json!({}), json!({"target_role_arn": true}), ""),
    ] {
        let mut resources = usual();
        let association = resources.last_mut().unwrap();
        let members = more.as_object().unwrap().clone();
        association.values.as_object_mut().unwrap().extend(members);
        association.unknown = unknown.clone();
        let loaded = load(&[("plan.json", &plan(&resources))]);
        let simulator = Simulator::new(&loaded.inventory);
        let accounts: Vec<_> = simulator.mounts().iter().map(|own| own.account).collect();
        assert_eq!(accounts, [account], "{more} {unknown}");
    }
}

#[test]
fn a_plan_that_leaves_out_a_policy_of_its_configuration_is_not_certain() {
    let whole: Value = serde_json::from_str(&plan(&usual())).unwrap();
    let with = |complete: bool, kind: &str| {
        let mut plan = whole.clone();
        plan["complete"] = json!(complete);
        let left_out = json!({"mode": "managed", "type": kind, "name": "guard"});
        plan["configuration"] = json!({"root_module": {"resources": [left_out]}});
        decided(&[("plan.json", &plan.to_string())])
    };
    assert_eq!(with(true, "aws_iam_role_policy"), "allow");
    for kind in ["aws_iam_role_policy", "aws_secretsmanager_secret_policy"] {
        assert_eq!(with(false, kind), "unknown", "{kind}");
    }
    assert_eq!(with(false, "aws_s3_bucket"), "allow");
}

/// A state and a plan of one directory: the plan is what will be, whatever the files are called.
#[test]
fn a_plan_counts_before_the_state_that_it_changes() {
    let state = |policy: &str| {
        let resource = |kind: &str, name: &str, values: Value| json!({"mode": "managed", "type": kind, "name": name, "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"attributes": values}]});
        json!({"version": 4, "terraform_version": "1.11.4", "resources": [
            resource("aws_secretsmanager_secret", "db", json!({"name": "pay/db", "arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/db-AbCdEf", "policy": policy})),
        ]})
        .to_string()
    };
    let deny = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}"#;
    let other = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}]}"#;
    let planned_with = |policy: &str| {
        let mut resources = usual();
        resources[1].values["policy"] = json!(policy);
        plan(&resources)
    };
    for name in ["a.json", "zz.json"] {
        let denied = read_in_account(&[
            ("k8s/app.yaml", PODS),
            (name, &planned_with(deny)),
            ("terraform.tfstate", &state(other)),
        ]);
        assert_eq!(mounts(&denied), ["prod:pay/api pay/db: deny"], "{name}");
    }
}

#[test]
fn two_policies_of_one_secret_leave_it_unknown() {
    let put =
        |policy: &str, address| planned(address, json!({"secret_arn": "pay/db", "policy": policy}));
    let deny = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}"#;
    let other = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}]}"#;
    for (first, second) in [(deny, other), (other, deny)] {
        let both = vec![
            put(first, "aws_secretsmanager_secret_policy.a"),
            put(second, "aws_secretsmanager_secret_policy.b"),
        ];
        assert_eq!(with(both), "unknown");
    }
}
