//! What single resources of a plan or state give, in small states written here.

use super::support::{Run, run_in};
use expect_test::expect;
use serde_json::{Value, json};
use std::fs;

const ORGANIZATION: &str = "o-a1b2c3d4e5";

/// A resource of a state, known in all its attributes.
fn resource(address: &str, values: Value) -> Value {
    let (kind, name) = address.rsplit_once('.').unwrap();
    let mut resource = json!({
        "address": address, "mode": "managed", "type": kind, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws", "sensitive_values": {},
    });
    resource["values"] = values;
    resource
}

fn world(resources: &[Value], arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let state =
        json!({ "format_version": "1.0", "values": { "root_module": { "resources": resources } } });
    fs::write(folder.path().join("state.json"), state.to_string()).unwrap();
    let mut all = vec![
        "world",
        "--account",
        "shop=111122223333",
        "--region",
        "us-east-1",
    ];
    all.extend(arguments);
    run_in(folder.path(), &all)
}

/// What is said about facts that are not taken as they stand.
fn notes(resources: &[Value]) -> String {
    let run = world(resources, &["--output", "json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let answer = run.json();
    let notes = answer["notes"].as_array().unwrap().iter();
    notes
        .map(|note| note.as_str().unwrap().to_owned() + "\n")
        .collect()
}

fn organization(accounts: &[&str]) -> Value {
    let accounts: Vec<_> = accounts.iter().map(|id| json!({ "id": id })).collect();
    resource(
        "aws_organizations_organization.whole",
        json!({ "id": ORGANIZATION, "roots": [{ "id": "r-ab12" }], "master_account_id": "999999999999", "accounts": accounts }),
    )
}

fn unit(name: &str, parent: &str) -> Value {
    let address = format!("aws_organizations_organizational_unit.{name}");
    resource(
        &address,
        json!({ "id": format!("ou-ab12-{name}"), "parent_id": parent, "name": name }),
    )
}

fn account(id: &str, parent: &str) -> Value {
    let address = format!("aws_organizations_account.a{id}");
    resource(
        &address,
        json!({ "id": id, "parent_id": parent, "name": id }),
    )
}

fn policy(name: &str, kind: &str) -> Value {
    let principal = if kind.starts_with("RESOURCE") {
        r#""Principal":"*","#
    } else {
        ""
    };
    let content = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{name}","Effect":"Deny",{principal}"Action":"secretsmanager:DeleteSecret","Resource":"*"}}]}}"#
    );
    let address = format!("aws_organizations_policy.{name}");
    resource(
        &address,
        json!({ "id": format!("p-{name}"), "name": name, "type": kind, "content": content }),
    )
}

fn attachment(policy: &str, target: &str) -> Value {
    let address = format!("aws_organizations_policy_attachment.{policy}-{target}");
    resource(
        &address,
        json!({ "policy_id": format!("p-{policy}"), "target_id": target }),
    )
}

#[test]
fn policies_of_units_are_in_the_organization() {
    let run = world(
        &[
            organization(&["111122223333", "444455556666", "999999999999"]),
            unit("prod", "ou-ab12-work"),
            unit("work", "r-ab12"),
            account("111122223333", "ou-ab12-prod"),
            account("444455556666", "r-ab12"),
            policy("scp", "SERVICE_CONTROL_POLICY"),
            policy("rcp", "RESOURCE_CONTROL_POLICY"),
            policy("tags", "TAG_POLICY"),
            attachment("scp", "ou-ab12-prod"),
            attachment("rcp", "r-ab12"),
            attachment("tags", "r-ab12"),
            attachment("FullAWSAccess", "r-ab12"),
        ],
        &[],
    );
    expect![[r#"
        ascp-policy: 1
        closed: []
        organization:
          id: o-a1b2c3d4e5
          management: "999999999999"
          root: r-ab12
          rcps:
            rcp: {"Version":"2012-10-17","Statement":[{"Sid":"rcp","Effect":"Deny","Principal":"*","Action":"secretsmanager:DeleteSecret","Resource":"*"}]}
          accounts: ["444455556666","999999999999"]
          units:
            ou-ab12-work:
              id: ou-ab12-work
              units:
                ou-ab12-prod:
                  id: ou-ab12-prod
                  scps:
                    scp: {"Version":"2012-10-17","Statement":[{"Sid":"scp","Effect":"Deny","Action":"secretsmanager:DeleteSecret","Resource":"*"}]}
                  accounts: ["shop"]
        accounts:
          shop:
            id: "111122223333"
            region: us-east-1
    "#]].assert_eq(&run.out);
    assert_eq!(run.err, "");
}

#[test]
fn two_policies_of_one_account_both_count() {
    let run = world(
        &[
            policy("one", "SERVICE_CONTROL_POLICY"),
            policy("two", "SERVICE_CONTROL_POLICY"),
            attachment("one", "111122223333"),
            attachment("two", "111122223333"),
        ],
        &[],
    );
    expect![[r#"
        ascp-policy: 1
        closed: []
        accounts:
          shop:
            id: "111122223333"
            region: us-east-1
            scps:
              one: {"Version":"2012-10-17","Statement":[{"Sid":"one","Effect":"Deny","Action":"secretsmanager:DeleteSecret","Resource":"*"}]}
              two: {"Version":"2012-10-17","Statement":[{"Sid":"two","Effect":"Deny","Action":"secretsmanager:DeleteSecret","Resource":"*"}]}
    "#]].assert_eq(&run.out);
}

#[test]
fn what_nothing_places_is_reported() {
    let resources = [
        organization(&["111122223333", "444455556666"]),
        // A circle lies in nothing, and so does whoever is in it.
        unit("one", "ou-ab12-two"),
        unit("two", "ou-ab12-one"),
        account("777788889999", "ou-ab12-two"),
        policy("scp", "SERVICE_CONTROL_POLICY"),
        attachment("scp", "ou-ab12-elsewhere"),
        attachment("gone", "r-ab12"),
    ];
    expect![[r"
        `aws_organizations_policy_attachment.gone-r-ab12` attaches the policy `p-gone`, which is not in this plan or state; write the organization in a world so that the policy applies
        no input states the unit of these accounts in organization `o-a1b2c3d4e5`, so they count as direct children of the root: 111122223333 and 2 more; write `organization` in a world to correct that
        `aws_organizations_policy_attachment.scp-ou-ab12-elsewhere` attaches a policy to `ou-ab12-elsewhere`, whose accounts are unknown; write the organization in a world so that the policy applies
    "]].assert_eq(&notes(&resources));
    expect![[r#"
        ascp-policy: 1
        closed: []
        organization:
          id: o-a1b2c3d4e5
          management: "999999999999"
          root: r-ab12
          accounts: ["shop","444455556666","777788889999","999999999999"]
        accounts:
          shop:
            id: "111122223333"
            region: us-east-1
    "#]]
    .assert_eq(&world(&resources, &[]).out);
}

#[test]
fn units_of_any_depth_end() {
    let mut resources = vec![organization(&["111122223333"])];
    let mut parent = "r-ab12".to_owned();
    for depth in 0..5_000 {
        let name = format!("d{depth}");
        resources.push(unit(&name, &parent));
        parent = format!("ou-ab12-{name}");
    }
    resources.push(account("444455556666", &parent));
    let run = world(&resources, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    // It lies too deep to be true, but it is a member all the same.
    assert!(run.out.contains("\"444455556666\""), "{}", run.out);
}

#[test]
fn addons_have_associations_in_their_namespace() {
    let addon = |name: &str, more: Value| {
        let mut values = json!({
            "cluster_name": "prod", "addon_name": name,
            "pod_identity_association": [{ "service_account": "agent", "role_arn": "arn:aws:iam::111122223333:role/agent" }],
        });
        values
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        resource(&format!("aws_eks_addon.{name}"), values)
    };
    let resources = [
        addon("vpc-cni", json!({})),
        addon(
            "partner",
            json!({ "namespace_config": [{ "namespace": "partner-system" }] }),
        ),
        addon("unheard-of", json!({})),
    ];
    expect![[r#"
        ascp-policy: 1
        closed: []
        accounts:
          shop:
            id: "111122223333"
            region: us-east-1
            clusters:
              prod:
                region: us-east-1
                serviceAccounts:
                  kube-system/agent:
                    association:
                      role: "arn:aws:iam::111122223333:role/agent"
                  partner-system/agent:
                    association:
                      role: "arn:aws:iam::111122223333:role/agent"
        `aws_eks_addon.unheard-of` does not name the namespace of the add-on `unheard-of`; write its associations in a world
    "#]]
    .assert_eq(&(world(&resources, &[]).out + &notes(&resources)));
}

#[test]
fn exclusive_policies_are_the_policies_of_their_role() {
    let inline = |name: &str| {
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#;
        resource(
            &format!("aws_iam_role_policy.{name}"),
            json!({ "role": "app", "name": name, "policy": policy }),
        )
    };
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;
    let run = world(
        &[
            resource(
                "aws_iam_role.app",
                json!({ "name": "app", "arn": "arn:aws:iam::111122223333:role/app", "assume_role_policy": trust }),
            ),
            inline("kept"),
            resource(
                "aws_iam_role_policies_exclusive.app",
                json!({ "role_name": "app", "policy_names": ["kept"] }),
            ),
            resource(
                "aws_iam_role_policy_attachments_exclusive.app",
                json!({ "role_name": "app", "policy_arns": ["arn:aws:iam::111122223333:policy/one"] }),
            ),
        ],
        &[],
    );
    expect![[r#"
        ascp-policy: 1
        closed: []
        accounts:
          shop:
            id: "111122223333"
            region: us-east-1
            roles:
              app:
                trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
                policies:
                  kept: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}
                attach: ["arn:aws:iam::111122223333:policy/one"]
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn a_chart_is_reported_as_not_read() {
    let chart = resource(
        "helm_release.driver",
        json!({ "chart": "secrets-store-csi-driver" }),
    );
    expect![[r"
        `helm_release.driver` installs the chart `secrets-store-csi-driver`, which is not read; render it with `helm template` and check the result as well
    "]].assert_eq(&notes(&[chart]));
}

/// Without the source a plan tells what an unknown value refers to, and not what is made of it.
#[test]
fn a_reference_is_all_of_an_attribute_only_where_that_names_something() {
    let secret = resource(
        "aws_secretsmanager_secret.db",
        json!({ "name": "dev/db", "kms_key_id": null, "tags": null, "tags_all": null }),
    );
    let key = resource("aws_kms_key.own", json!({ "policy": null }));
    let change = json!({ "address": "aws_secretsmanager_secret.db", "change": { "actions": ["create"], "after_unknown": { "kms_key_id": true, "tags": { "team": true }, "tags_all": true, "arn": true } } });
    let refers = |name: &str| json!({ "references": [name, "aws_kms_key.own"] });
    let plan = json!({
        "format_version": "1.2",
        "planned_values": { "root_module": { "resources": [secret, key] } },
        "resource_changes": [change],
        "configuration": { "root_module": { "resources": [{
            "address": "aws_secretsmanager_secret.db", "mode": "managed", "type": "aws_secretsmanager_secret", "name": "db",
            "expressions": { "kms_key_id": refers("aws_kms_key.own.arn"), "tags": refers("aws_kms_key.own.arn") },
        }] } },
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plan.json"), plan.to_string()).unwrap();
    let run = run_in(
        folder.path(),
        &[
            "world",
            "--account",
            "shop=111122223333",
            "--region",
            "us-east-1",
        ],
    );
    expect![[r#"
        # not in this file: the secret shop:dev/db: a part of its tag team is unknown: <aws_secretsmanager_secret.db.tags.team>
        ascp-policy: 1
        closed: []
        externals:
          secrets: ["shop:dev/db"]
        accounts:
          shop:
            id: "111122223333"
            region: us-east-1
            keys:
              aws_kms_key.own:
                policy: {"Version":"2012-10-17","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}
                region: us-east-1
    "#]].assert_eq(&(run.out + &run.err));
}

/// Each of two files attaches a policy of its own to one account, and both attach a third one.
#[test]
fn attachments_of_several_files_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let both = || {
        (
            policy("both", "SERVICE_CONTROL_POLICY"),
            attachment("both", "111122223333"),
        )
    };
    for name in ["one", "two"] {
        let (shared, attached) = both();
        let resources = [
            policy(name, "SERVICE_CONTROL_POLICY"),
            attachment(name, "111122223333"),
            shared,
            attached,
        ];
        let state = json!({ "format_version": "1.0", "values": { "root_module": { "resources": resources } } });
        fs::write(
            folder.path().join(format!("{name}.json")),
            state.to_string(),
        )
        .unwrap();
    }
    let run = run_in(folder.path(), &["world", "--account", "shop=111122223333"]);
    let scps = run.out.lines().filter(|line| line.contains("\"Sid\""));
    let names: Vec<_> = scps
        .filter_map(|line| line.trim().split(':').next())
        .collect();
    assert_eq!(names, ["one", "both", "two"], "{}", run.out);
}

/// A guard that was read and counts for nobody must not be passed over in silence.
#[test]
fn what_was_not_read_is_named_beside_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let resources = [
        policy("scp", "SERVICE_CONTROL_POLICY"),
        attachment("scp", "ou-ab12-elsewhere"),
    ];
    let state =
        json!({ "format_version": "1.0", "values": { "root_module": { "resources": resources } } });
    fs::write(folder.path().join("state.json"), state.to_string()).unwrap();
    let world = "ascp-policy: 1\ninclude: [{ path: state.json, account: shop }]\naccounts: { shop: { id: '111122223333', region: us-east-1 } }\n";
    fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
    let request = [
        "simulate",
        "--principal",
        "arn:aws:iam::111122223333:role/app",
        "--action",
        "secretsmanager:GetSecretValue",
        "--resource",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf",
    ];
    let count = "1 note about the inputs; `--verbose` prints it\n";
    for arguments in [&["test"][..], &["snapshot"], &request] {
        let run = run_in(folder.path(), arguments);
        assert!(run.err.starts_with(count), "{arguments:?}: {}", run.err);
        let whole = run_in(folder.path(), &[arguments, &["--verbose"]].concat());
        assert!(whole.err.contains("ou-ab12-elsewhere"), "{}", whole.err);
        let quiet = run_in(folder.path(), &[arguments, &["--quiet"]].concat());
        assert!(!quiet.err.contains("note"), "{}", quiet.err);
    }
    assert!(run_in(folder.path(), &["check"]).out.contains(count));
}
