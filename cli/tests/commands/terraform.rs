//! Plans and states of Terraform: what they tell, where it is written, and what must never be shown of them.

use super::support::{fixtures, run_in};
use expect_test::expect;
use std::{fs, path::Path};

fn inputs() -> std::path::PathBuf {
    fixtures().join("inputs/terraform")
}

/// A copy of a fixture, so that it can be changed.
pub(crate) fn copy(name: &str, keep: impl Fn(&Path) -> bool) -> tempfile::TempDir {
    fn walk(from: &Path, to: &Path, keep: &dyn Fn(&Path) -> bool) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                walk(&path, &target, keep);
            } else if keep(&path) {
                fs::copy(&path, target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    walk(&inputs().join(name), folder.path(), &keep);
    folder
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|actual| actual == extension)
}

#[test]
fn promises_hold_over_plans_in_which_nothing_exists_yet() {
    for (name, promises) in [("single-account", 8), ("cross-account", 4)] {
        let run = run_in(&inputs().join(name), &["test"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        let line = format!("{promises} of {promises} promises hold");
        assert!(run.out.contains(&line), "{}", run.out);
        let run = run_in(&inputs().join(name), &["check"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    }
}

#[test]
fn without_the_source_a_policy_that_is_not_known_decides_nothing() {
    for name in ["single-account", "cross-account"] {
        let folder = copy(name, |path| !has_extension(path, "tf"));
        let run = run_in(folder.path(), &["test"]);
        assert_eq!(run.code, 3, "{}{}", run.out, run.err);
        let run = run_in(folder.path(), &["check", "--output", "json"]);
        let answer = run.json();
        assert_eq!(answer["findings"].as_array().unwrap().len(), 0, "{answer}");
        assert_eq!(answer["summary"]["working"], 0, "{answer}");
    }
}

#[test]
fn the_line_to_change_is_in_the_source() {
    let folder = copy("single-account", |_| true);
    let main = folder.path().join("main.tf");
    let text = fs::read_to_string(&main).unwrap();
    let broken = "\"kubernetes_namespace\", \"eks-cluster-name\"";
    fs::write(
        &main,
        text.replace("\"kubernetes-namespace\", \"eks-cluster-name\"", broken),
    )
    .unwrap();
    let run = run_in(folder.path(), &["check"]);
    expect![[r#"
          × high TAG101 misspelt-session-tag: prod:dev/app cannot read `shop:dev/db`: no session has the
          │ tag `kubernetes_namespace`
            ╭─[main.tf:15:51]
         14 │     for key in ["********************", "****************"] :
         15 │     "*********************************" => "***************************"
            ·                                                   ──────────┬─────────
            ·                                                             ╰── no such session tag
         16 │   }
            ╰────
            ╭─[k8s/secretproviderclasses.yaml:12:21]
         11 │     objects: |
         12 │       - objectName: dev/db
            ·                     ───┬──
            ·                        ╰── mounted here
         13 │         objectType: secretsmanager
            ╰────
          note: the variable has no value, so the condition never matches
          note: it also breaks prod:qa/app with shop:qa/db
          note: not allowed: arn:aws:iam::111122223333:role/pod-reader secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????
          help: did you mean `kubernetes-namespace`?

        1 finding; 1 account, 1 cluster, 2 pods, 2 objects; 0 of 2 mounts work
    "#]].assert_eq(&run.timeless());
    assert_eq!(run.code, 1);
}

#[test]
fn of_a_plan_without_source_only_addresses_are_shown() {
    let folder = copy("cross-account", |path| !has_extension(path, "tf"));
    let plan = folder.path().join("plan.json");
    let mut written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&plan).unwrap()).unwrap();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let resources = written["planned_values"]["root_module"]["resources"]
        .as_array_mut()
        .unwrap();
    let role = resources
        .iter_mut()
        .find(|resource| resource["type"] == "aws_iam_role")
        .unwrap();
    role["values"]["assume_role_policy"] = trust.into();
    let changes = written["resource_changes"].as_array_mut().unwrap();
    let role = changes
        .iter_mut()
        .find(|resource| resource["type"] == "aws_iam_role")
        .unwrap();
    role["change"]["after_unknown"]
        .as_object_mut()
        .unwrap()
        .remove("assume_role_policy");
    fs::write(&plan, written.to_string()).unwrap();
    let run = run_in(folder.path(), &["check"]);
    expect![[r#"
          × high POD101 trust-missing-pods-principal: prod:dev/app cannot read `vault:dev/db`: the trust
          │ policy of `shop:pod-reader` does not allow EKS to assume it
           ╭─[plan.json:1:9363]  aws_iam_role.pod_reader: not pods.eks.amazonaws.com
            ╭─[k8s/secretproviderclasses.yaml:12:21]
         11 │     objects: |
         12 │       - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db
            ·                     ─────────────────────────────┬─────────────────────────────
            ·                                                  ╰── mounted here
         13 │         objectAlias: db
            ╰────
          note: not allowed: pods.eks.amazonaws.com sts:AssumeRole on arn:aws:iam::111122223333:role/pod-reader
          help: add the statement {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}

        2 notes about the inputs; `--verbose` prints them
        1 finding; 2 accounts, 1 cluster, 2 pods, 1 object; 0 of 1 mounts work
    "#]].assert_eq(&run.timeless());
}

#[test]
fn modules_with_keys_counts_and_dynamic_blocks_are_evaluated() {
    let run = run_in(&inputs().join("modules"), &["world", "plan.json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    expect![[r#"
        ascp-policy: 1
        closed: []
        accounts:
          "111122223333":
            id: "111122223333"
            policies:
              teams/read-red: {"Version":"2012-10-17","Statement":[{"Sid":"list","Effect":"Deny","Action":"secretsmanager:ListSecrets","Resource":"*"},{"Sid":"read0","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:team-red/db-??????","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}","aws:RequestedRegion":"us-east-1"}}},{"Sid":"read1","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:team-red/cache-??????","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}","aws:RequestedRegion":"us-east-1"}}}]}
              teams/read-blue: {"Version":"2012-10-17","Statement":[{"Sid":"list","Effect":"Deny","Action":"secretsmanager:ListSecrets","Resource":"*"}]}
            roles:
              audit:
                trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
                policies:
                  audit: {"Version":"2012-10-17","Statement":[{"Sid":"other","Effect":"Allow","Action":"secretsmanager:DescribeSecret","Resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:team-blue/db-??????"},{"Sid":"first","Effect":"Allow","Action":"secretsmanager:DescribeSecret","Resource":["arn:aws:secretsmanager:us-east-1:111122223333:secret:team-red/db-??????","arn:aws:secretsmanager:us-east-1:111122223333:secret:team-red/cache-??????"]},{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:team-blue/db-??????*"}]}
              "team-red-<name of module.team[\"red\"].aws_iam_role.this>":
                trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
                attach: ["arn:aws:iam::111122223333:policy/teams/read-red"]
              "team-blue-<name of module.team[\"blue\"].aws_iam_role.this>":
                trust: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
                attach: ["arn:aws:iam::111122223333:policy/teams/read-blue"]
            secrets:
              team-red/db:
                region: us-east-1
                tags: {"team":"red"}
              team-red/cache:
                region: us-east-1
                tags: {"team":"red"}
              team-blue/db:
                region: us-east-1
                tags: {"team":"blue"}
    "#]].assert_eq(&run.out);
}

#[test]
fn two_runs_print_the_same() {
    for name in ["cross-account", "modules", "pull-request"] {
        let output = || {
            run_in(
                &inputs().join(name),
                &["check", "--verbose", "--output", "json"],
            )
            .out
        };
        assert_eq!(output(), output(), "{name}");
    }
}

#[test]
fn source_outside_the_repository_is_not_read() {
    let outside = copy("cross-account", |_| true);
    let folder = copy("cross-account", |_| true);
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    let main = folder.path().join("main.tf");
    let elsewhere = outside.path().join("modules/vault");
    let climb = "../".repeat(12);
    let path = format!(
        "./{climb}{}",
        elsewhere.display().to_string().trim_start_matches('/')
    );
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, text.replace("./modules/vault", &path)).unwrap();
    fs::remove_dir_all(folder.path().join("modules")).unwrap();
    let run = run_in(folder.path(), &["check", "--verbose"]);
    assert!(!run.out.contains("modules/vault/main.tf"), "{}", run.out);
    assert!(
        run.out.contains("0 of 1 mounts work, 1 is undecided"),
        "{}",
        run.out
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(
            outside.path().join("modules"),
            folder.path().join("modules"),
        )
        .unwrap();
        fs::write(&main, text).unwrap();
        let run = run_in(folder.path(), &["check", "--verbose"]);
        assert!(!run.out.contains("modules/vault/main.tf"), "{}", run.out);
    }
}

/// What a policy of the plan becomes when an expression in it cannot be evaluated.
fn with_expression(place: &str, expression: &str) -> super::support::Run {
    let folder = copy("single-account", |_| true);
    let pods = folder.path().join("pods.tf");
    let text = fs::read_to_string(&pods).unwrap();
    assert!(text.contains(place), "{place}");
    fs::write(&pods, text.replace(place, expression)).unwrap();
    run_in(folder.path(), &["test", "--output", "json"])
}

#[test]
fn what_cannot_be_evaluated_is_unknown_in_every_place() {
    let unknown = "timestamp()";
    for (place, expression, undecided) in [
        // Whoever does not pass the condition is refused, whatever the effect.
        ("Effect    = \"Allow\"", format!("Effect = {unknown}"), 6),
        (
            "Statement = [",
            format!("Statement = {unknown}\n    Other = ["),
            8,
        ),
        (
            "Condition = { StringEquals = local.isolation }",
            format!("Condition = {{ StringEquals = {unknown} }}"),
            8,
        ),
        (
            "Condition = { StringEquals = local.isolation }",
            format!("Condition = {unknown}"),
            8,
        ),
        (
            "jsonencode({",
            format!("{unknown} == \"\" ? \"\" : jsonencode({{"),
            8,
        ),
        (
            "role_arn        = aws_iam_role.pod_reader.arn",
            format!("role_arn = {unknown}"),
            8,
        ),
        // A name decides nothing.
        (
            "Effect    = \"Allow\"",
            format!("Effect = \"Allow\"\n        Sid = {unknown}"),
            0,
        ),
        // Whoever does not pass the condition is refused, whatever the action.
        (
            "[\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"]",
            unknown.to_owned(),
            6,
        ),
    ] {
        let run = with_expression(place, &expression);
        let answer = run.json();
        assert_eq!(answer["summary"]["broken"], 0, "{expression}: {answer}");
        assert_eq!(
            answer["summary"]["undecided"], undecided,
            "{expression}: {answer}"
        );
    }
}

/// A plan for each account, manifests for each cluster.
#[test]
fn three_mistakes_in_a_pull_request() {
    let run = run_in(&inputs().join("pull-request"), &["check"]);
    expect![[r#"
          × high TAG101 misspelt-session-tag: prod:dev/worker cannot read `shop:dev/db`: no session has
          │ the tag `kubernetes_namespace`
            ╭─[terraform/shop/worker.tf:26:84]
         25 │         StringEquals = {
         26 │           "secretsmanager:ResourceTag/kubernetes-namespace" = "$${aws:PrincipalTag/kubernetes_namespace}"
            ·                                                                                    ──────────┬─────────
            ·                                                                                              ╰── no such session tag
         27 │         }
            ╰────
            ╭─[k8s/prod/worker.yaml:18:21]
         17 │     objects: |
         18 │       - objectName: dev/db
            ·                     ───┬──
            ·                        ╰── mounted here
         19 │         objectType: secretsmanager
            ╰────
          note: the variable has no value, so the condition never matches
          note: not allowed: arn:aws:iam::111122223333:role/worker secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-aB3dE5 with secretsmanager:ResourceTag/kubernetes-namespace = dev
          help: did you mean `kubernetes-namespace`?

          × high KMS106 aws-managed-key-across-accounts: prod:dev/cache cannot read `vault:dev/cache`: AWS
          │ denies decryption with an AWS managed key to other accounts
           ╭─[terraform/vault/cache.tf:1:1]
         1 │ resource "aws_secretsmanager_secret" "cache" {
           · ──────────────────────┬─────────────────────
           ·                       ╰── encrypted with the AWS managed key
         2 │   name = "dev/cache"
           ╰────
            ╭─[k8s/prod/cache.yaml:18:21]
         17 │     objects: |
         18 │       - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/cache-Zx81Qp
            ·                     ──────────────────────────────────┬──────────────────────────────────
            ·                                                       ╰── mounted by a pod of another account
         19 │         objectType: secretsmanager
            ╰────
          note: not allowed: arn:aws:iam::111122223333:role/pod-reader kms:Decrypt on arn:aws:kms:us-east-1:444455556666:key/<id of aws/secretsmanager> with kms:CallerAccount = 111122223333
          help: encrypt the object with a customer managed key (kms_key_id) whose key policy allows the pod's role

          × high XAC101 cross-account-without-resource-policy: prod:dev/app can mount `vault:dev/db` once,
          │ but cannot rotate it: the policy of `vault:dev/db` does not allow
          │ secretsmanager:DescribeSecret
            ╭─[terraform/vault/db.tf:21:19]
         20 │       Principal = { AWS = var.pod_reader_arn }
         21 │       Action    = "secretsmanager:GetSecretValue"
            ·                   ───────────────┬───────────────
            ·                                  ╰── secretsmanager:DescribeSecret is not among these
         22 │       Resource  = "*"
            ╰────
            ╭─[k8s/prod/app.yaml:18:21]
         17 │     objects: |
         18 │       - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-hW8pZc
            ·                     ─────────────────────────────────┬────────────────────────────────
            ·                                                      ╰── mounted here
         19 │         objectType: secretsmanager
            ╰────
          note: not allowed: arn:aws:iam::111122223333:role/pod-reader secretsmanager:DescribeSecret on arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-hW8pZc
          help: Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]

          ⚠ undecided: it is unknown whether stage:dev/web can read `partner/token`
            ╭─[k8s/stage/web.yaml:18:21]
         17 │     objects: |
         18 │       - objectName: partner/token
            ·                     ──────┬──────
            ·                           ╰── mounted here
         19 │         objectType: secretsmanager
            ╰────
          note: missing: secret partner/token in us-east-1

          help: a plan, `ascp-policy collect --print-script` or an ascp-policy.yaml can supply the missing facts

        3 findings; 2 accounts, 2 clusters, 6 pods, 6 objects; 3 of 7 mounts work, 1 is undecided
    "#]].assert_eq(&run.timeless());
    assert_eq!(run.code, 1);
}

#[test]
fn a_target_role_that_is_not_known_is_not_taken_for_none() {
    let folder = copy("single-account", |_| true);
    let plan = folder.path().join("plan.json");
    let mut written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&plan).unwrap()).unwrap();
    for change in written["resource_changes"].as_array_mut().unwrap() {
        if change["type"] == "aws_eks_pod_identity_association" {
            change["change"]["after_unknown"]["target_role_arn"] = true.into();
        }
    }
    let resources = written["configuration"]["root_module"]["resources"]
        .as_array_mut()
        .unwrap();
    let own = resources
        .iter_mut()
        .find(|resource| resource["type"] == "aws_eks_pod_identity_association");
    own.unwrap()["expressions"]["target_role_arn"] =
        serde_json::json!({ "references": ["data.terraform_remote_state.vault"] });
    fs::write(&plan, written.to_string()).unwrap();
    let answer = run_in(folder.path(), &["test", "--output", "json"]).json();
    assert_eq!(answer["summary"]["undecided"], 8, "{answer}");
}

#[test]
fn tags_of_the_provider_are_tags_of_the_secret() {
    let folder = copy("single-account", |_| true);
    let plan = folder.path().join("plan.json");
    let mut written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&plan).unwrap()).unwrap();
    // One tag is not known, so the sum is not known either.
    for change in written["resource_changes"].as_array_mut().unwrap() {
        if change["type"] == "aws_secretsmanager_secret" {
            change["change"]["after_unknown"]["tags_all"] = true.into();
        }
    }
    let resources = written["planned_values"]["root_module"]["resources"]
        .as_array_mut()
        .unwrap();
    for resource in resources
        .iter_mut()
        .filter(|resource| resource["type"] == "aws_secretsmanager_secret")
    {
        let values = resource["values"].as_object_mut().unwrap();
        values.remove("tags_all");
        values["tags"]
            .as_object_mut()
            .unwrap()
            .remove("eks-cluster-name");
    }
    let main = folder.path().join("main.tf");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(
        &main,
        text.replace("    eks-cluster-name     = aws_eks_cluster.prod.name\n", ""),
    )
    .unwrap();
    fs::write(&plan, written.to_string()).unwrap();
    assert_eq!(run_in(folder.path(), &["test"]).code, 1);
    written["configuration"]["provider_config"]["aws"]["expressions"] = serde_json::json!({
        "default_tags": [{ "tags": { "constant_value": { "eks-cluster-name": "prod" } } }]
    });
    fs::write(&plan, written.to_string()).unwrap();
    let run = run_in(folder.path(), &["test"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn states_of_both_forms_give_the_same_answer() {
    let answers: Vec<_> = ["state-json", "state-raw"]
        .iter()
        .map(|name| {
            let run = run_in(&inputs().join(name), &["check", "--output", "json"]);
            assert_eq!(run.code, 1, "{}", run.err);
            let answer = run.json();
            let findings = answer["findings"].as_array().unwrap();
            let value = findings
                .iter()
                .find(|finding| finding["code"] == "BND110")
                .unwrap();
            assert_eq!(value["severity"], "medium", "{value}");
            let grave = |finding: &&serde_json::Value| {
                finding["severity"] != "info" && finding["code"] != "BND110"
            };
            // The state tells an inline policy with its role, and as a resource of its own.
            assert_eq!(findings.iter().filter(grave).count(), 1, "{}", run.out);
            let finding = findings.iter().find(grave).unwrap();
            (
                finding["code"].clone(),
                finding["object"].clone(),
                answer["summary"].clone(),
            )
        })
        .collect();
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, "TAG101");
}

#[test]
fn no_value_and_no_text_of_a_plan_or_state_is_ever_shown() {
    let canaries = ["canary-hunter2-in-state", "replace-me-canary-7f3a"];
    for name in ["cross-account", "state-json", "state-raw"] {
        for arguments in [
            &["check", "--verbose"][..],
            &["check", "--output", "json"],
            &["check", "--output", "jsonl"],
            &["world"],
            &["world", "--explain-merge"],
            &["simulate", "dev/app", "dev/db"],
        ] {
            let run = run_in(&inputs().join(name), arguments);
            for canary in canaries {
                assert!(
                    !run.out.contains(canary) && !run.err.contains(canary),
                    "{name} {arguments:?}"
                );
            }
            assert!(!run.out.contains("secret_string"), "{name} {arguments:?}");
        }
    }
}

#[test]
fn values_of_secrets_in_the_source_are_not_shown_beside_a_finding() {
    let folder = copy("single-account", |_| true);
    let main = folder.path().join("main.tf");
    let text = fs::read_to_string(&main).unwrap();
    let broken = text
        .replace(
            "\"kubernetes-namespace\", \"eks",
            "\"kubernetes_namespace\", \"eks",
        )
        .replace(
            "locals {\n",
            "locals {\n  db_password = \"canary-one\"\n  isolation_token = \"canary-two\"\n",
        );
    let version = "resource \"aws_secretsmanager_secret_version\" \"v\" {\n  secret_id = \"x\"\n  secret_string = jsonencode({ a = \"canary-three\" })\n}\n";
    fs::write(&main, format!("{version}{broken}")).unwrap();
    for form in ["text", "json", "sarif", "markdown"] {
        let run = run_in(
            folder.path(),
            &["check", "--width", "400", "--output", form],
        );
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(!run.out.contains("canary"), "{}", run.out);
    }
}

/// A plan of resources, each with one argument that holds a value, and what its configuration says of that.
fn plan_of(resources: &[(&str, &str, serde_json::Value, serde_json::Value)]) -> String {
    use serde_json::json;
    let each = || resources.iter().enumerate();
    let planned = each().map(|(number, (kind, argument, value, _))| {
        let (name, address) = (format!("r{number}"), format!("{kind}.r{number}"));
        json!({"address": address, "mode": "managed", "type": kind, "name": name, "values": {*argument: value, "type": "SecureString"}})
    });
    let configured = each().map(|(number, (kind, argument, _, expression))| {
        json!({"address": format!("{kind}.r{number}"), "mode": "managed", "type": kind, "name": format!("r{number}"), "expressions": {*argument: expression}})
    });
    let call = json!({"source": "./db", "expressions": {"password": {"constant_value": "canary"}}, "module": {"resources": []}});
    json!({
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": planned.collect::<Vec<_>>()}},
        "configuration": {"root_module": {
            "resources": configured.collect::<Vec<_>>(),
            "module_calls": {"db": call},
            "variables": {"creds": {"default": "canary", "sensitive": true}},
        }},
    })
    .to_string()
}

#[test]
fn a_value_in_the_configuration_is_reported_and_its_line_shows_nothing() {
    use serde_json::json;
    let written = || json!({"constant_value": "canary"});
    let value = || json!("canary");
    let plan = plan_of(&[
        ("aws_rds_cluster", "master_password", value(), written()),
        (
            "aws_redshift_cluster",
            "master_password",
            value(),
            written(),
        ),
        (
            "kubernetes_secret",
            "binary_data",
            json!({"a": "canary"}),
            json!({"constant_value": {"a": "canary"}}),
        ),
        (
            "aws_ssm_parameter",
            "value",
            value(),
            json!({"references": ["random_password.p.result"]}),
        ),
        (
            "aws_secretsmanager_secret_version",
            "secret_string",
            json!("{}"),
            json!({"constant_value": "{}"}),
        ),
    ]);
    let source = "resource \"aws_rds_cluster\" \"r0\" {\n  master_password = \"canary\"\n}
resource \"aws_redshift_cluster\" \"r1\" {\n  master_password = \"canary\"\n}
resource \"kubernetes_secret\" \"r2\" {\n  binary_data = { a = \"canary\" }\n}
variable \"creds\" {\n  default   = \"canary\"\n  sensitive = \"true\"\n}
module \"db\" {\n  source = \"./db\"\n  password = \"canary\"\n}
resource \"helm_release\" \"h\" {\n  values = [\"adminPassword: canary\"]\n}\n";
    let folder = crate::support::folder(&[("plan.json", &plan), ("main.tf", source)]);
    let own = [
        "--account",
        "shop=111122223333",
        "--region",
        "us-east-1",
        "--select",
        "BND110",
    ];
    let run = run_in(
        folder.path(),
        &[&["check", "--output", "json"], &own[..]].concat(),
    );
    let answer = run.json();
    let findings = answer["findings"].as_array().unwrap().iter();
    let mut reported: Vec<_> = findings
        .map(|finding| {
            (
                finding["object"].as_str().unwrap(),
                finding["severity"].as_str().unwrap(),
            )
        })
        .collect();
    reported.sort_unstable();
    let wanted = [
        ("aws_rds_cluster.r0", "critical"),
        ("aws_redshift_cluster.r1", "critical"),
        ("aws_ssm_parameter.r3", "info"),
        ("default of variable creds", "critical"),
        ("kubernetes_secret.r2", "critical"),
    ];
    assert_eq!(reported, wanted, "{}", run.err);
    for form in ["text", "json", "sarif", "markdown", "github"] {
        let own = [&["check", "--verbose", "--output", form], &own[..4]].concat();
        let run = run_in(folder.path(), &own);
        assert!(!(run.out + &run.err).contains("canary"), "{form}");
    }
}

#[test]
fn bad_plans_have_a_message_and_a_place_and_none_of_their_text() {
    let cases: [(&str, &str); 7] = [
        (
            r#"{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"secret_string":"canary"#,
            "plan.json:1:",
        ),
        (
            r#"{"format_version":"1.2","planned_values":{},"errored":true}"#,
            "ended with an error",
        ),
        (
            r#"{"format_version":"9.0","planned_values":{}}"#,
            "format `9.0`",
        ),
        (
            r#"{"format_version":"1.2","planned_values":[]}"#,
            "neither `planned_values` nor `values`",
        ),
        (
            r#"{"version":3,"terraform_version":"0.11.1","resources":[],"modules":[]}"#,
            "reads version 4",
        ),
        (
            r#"{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"name":"r"}}]}}}"#,
            "does not contain the account of `aws_iam_role.r`",
        ),
        (
            r#"{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"name":"r","arn":"arn:aws:iam::111122223333:role/r","assume_role_policy":"{canary"}}]}}}"#,
            "its trust policy is unknown or wrong",
        ),
    ];
    for (text, message) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plan.json"), text).unwrap();
        // A policy that cannot be read is a finding, and the rest of the plan is read.
        let is_policy = message.contains("trust policy");
        let run = run_in(folder.path(), &["world", "plan.json"]);
        let code = if is_policy { 0 } else { 2 };
        assert_eq!(run.code, code, "{text}: {}{}", run.out, run.err);
        let all = run.out + &run.err;
        assert!(all.contains(message), "{message}: {all}");
        assert!(!all.contains("canary"), "{all}");
        let run = run_in(folder.path(), &["check", "plan.json"]);
        assert!(!(run.out.clone() + &run.err).contains("canary"));
        assert_eq!(run.code, if is_policy { 1 } else { 2 }, "{}", run.err);
        assert_eq!(run.out.contains("BND107"), is_policy, "{}", run.out);
    }
}

#[test]
fn hostile_source_ends_soon_and_is_not_known() {
    let folder = copy("single-account", |_| true);
    let mut text = String::from("locals {\n  l0 = [\"x\", \"x\"]\n");
    for level in 1..60 {
        text += &format!(
            "  l{level} = concat(local.l{}, local.l{})\n",
            level - 1,
            level - 1
        );
    }
    text += "  circle = local.circle\n}\n";
    fs::write(folder.path().join("hostile.tf"), text).unwrap();
    let pods = folder.path().join("pods.tf");
    let changed = fs::read_to_string(&pods).unwrap().replace(
        "StringEquals = local.isolation",
        "StringEquals = { (local.circle) = local.l59 }",
    );
    fs::write(&pods, changed).unwrap();
    let started = std::time::Instant::now();
    let run = run_in(folder.path(), &["check", "--output", "json"]);
    assert!(started.elapsed().as_secs() < 20);
    assert_eq!(run.json()["summary"]["working"], 0, "{}", run.out);
}

/// A cluster, a role that cannot read the secret that it mounts, and no account.
const NO_ACCOUNT: &str = r#"
provider "aws" { region = "us-east-1" }
resource "aws_eks_cluster" "this" { name = "prod" }
resource "aws_secretsmanager_secret" "db" { name = "db" }
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow",
    Principal = { Service = "pods.eks.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:TagSession"] }] })
}
resource "aws_iam_role_policy" "read" {
  name = "read"
  role = aws_iam_role.app.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow",
    Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
    Resource = ["arn:aws:secretsmanager:us-east-1:*:secret:other-*"] }] })
}
resource "aws_eks_pod_identity_association" "app" {
  cluster_name    = aws_eks_cluster.this.name
  namespace       = "dev"
  service_account = "app"
  role_arn        = aws_iam_role.app.arn
}
"#;

const MOUNTING: &str = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: app, namespace: dev }
spec: { provider: aws, parameters: { usePodIdentity: 'true', region: us-east-1, objects: '[{ objectName: db, objectType: secretsmanager }]' } }
---
apiVersion: v1
kind: Pod
metadata: { name: app, namespace: dev }
spec:
  serviceAccountName: app
  containers: [{ name: app, image: app, volumeMounts: [{ name: s, mountPath: /s }] }]
  volumes: [{ name: s, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: app } } }]
";

#[test]
fn the_id_of_an_unknown_account_is_in_answers_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf"), NO_ACCOUNT).unwrap();
    fs::write(folder.path().join("app.yaml"), MOUNTING).unwrap();
    let finding = |arguments: &[&str]| {
        let run = run_in(folder.path(), arguments);
        let answer = run.json();
        let findings = answer["findings"].as_array().unwrap().clone();
        let mut findings = findings.into_iter();
        findings.find(|own| own["code"] == "REQ101").unwrap()
    };
    let unknown = finding(&["check", ".", "--output", "json"]);
    assert!(!unknown["help"].as_str().unwrap().contains("000000000000"));
    assert!(unknown["fix"].is_null());
    let stated = finding(&[
        "check",
        ".",
        "--output",
        "json",
        "--account",
        "shop=111122223333",
    ]);
    assert!(stated["fix"].is_object());
    let asked = run_in(folder.path(), &["simulate", "prod:dev/app", "db"]);
    assert_eq!(asked.code, 1, "{}", asked.err);
    assert!(
        asked.err.contains("no input states the account of"),
        "{}",
        asked.err
    );
    for command in ["world", "snapshot"] {
        let run = run_in(folder.path(), &[command, "."]);
        assert!(!run.out.contains("000000000000"), "{command}: {}", run.out);
    }
}
