//! What the configuration, exceptions, the baseline and the gate make of findings.

use super::support::{LEAK, Run, folder, run_in};
use std::{fs, path::Path};

fn codes(run: &Run) -> Vec<String> {
    let answer = run.json();
    let findings = answer["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}

fn check(folder: &Path, more: &[&str]) -> Run {
    let arguments: Vec<&str> = ["check", "--output", "json"]
        .iter()
        .chain(more)
        .copied()
        .collect();
    run_in(folder, &arguments)
}

/// The codes that a configuration leaves, and the exit code.
fn with(config: &str, more: &[&str]) -> (Vec<String>, i32) {
    let folder = folder(&[("app/read.json", LEAK), ("ascp-policy.toml", config)]);
    let run = check(folder.path(), more);
    assert!(run.err.is_empty(), "{}", run.err);
    (codes(&run), run.code)
}

#[test]
fn rules_are_selected_by_family_code_and_name() {
    let leak = vec!["TAG106".to_owned()];
    for (more, is_reported) in [
        (&[][..], true),
        (&["--select", "TAG"], true),
        (&["--select", "TAG1,KMS"], true),
        (&["--select", "abac-if-exists"], true),
        (&["--select", "KMS"], false),
        (&["--select", "KMS", "--extend-select", "TAG106"], true),
        (&["--ignore", "TAG"], false),
        (&["--ignore", "TAG106"], false),
        (&["--select", "TAG106", "--ignore", "TAG"], true),
        (&["--severity-threshold", "critical"], true),
    ] {
        let (codes, code) = with("", more);
        assert_eq!(
            codes,
            if is_reported { leak.clone() } else { vec![] },
            "{more:?}"
        );
        assert_eq!(code, i32::from(is_reported), "{more:?}");
    }
    let (codes, code) = with("[rules]\nignore = [\"TAG\"]\n", &[]);
    assert!(codes.is_empty() && code == 0);
    let (codes, _) = with("[rules]\nselect = [\"KMS\"]\n", &["--select", "TAG"]);
    assert_eq!(codes, leak);
    let (codes, _) = with("[rules]\nignore = [\"TAG\"]\n", &["--no-config"]);
    assert_eq!(codes, leak);
}

#[test]
fn a_rule_that_does_not_exist_is_a_mistake_on_the_command_line_and_a_finding_in_the_file() {
    let folder = folder(&[("read.json", LEAK)]);
    let run = run_in(folder.path(), &["check", "--select", "abac-if-exist"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("did you mean `abac-if-exists`?"),
        "{}",
        run.err
    );
    let (codes, _) = with("[rules]\nignore = [\"TAG106\", \"TAG9999\"]\n", &[]);
    assert_eq!(codes, ["CFG104"]);
}

#[test]
fn a_configuration_that_cannot_be_read_stops_the_run_at_its_place() {
    let folder = folder(&[
        ("read.json", LEAK),
        ("ascp-policy.toml", "fail-no = \"low\"\n"),
    ]);
    let run = run_in(folder.path(), &["check"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("[ascp-policy.toml:1:1]"), "{}", run.err);
    assert!(run.err.contains("did you mean `fail-on`?"), "{}", run.err);
}

#[test]
fn levels_change_what_a_finding_weighs() {
    let (_, code) = with("[rules.severity]\nTAG106 = \"medium\"\n", &[]);
    assert_eq!(code, 0);
    let (codes, code) = with(
        "fail-on = \"medium\"\n[rules.severity]\nTAG = \"medium\"\n",
        &[],
    );
    assert_eq!((codes.len(), code), (1, 1));
    let (codes, _) = with("[rules.severity]\nTAG106 = \"allow\"\n", &[]);
    assert!(codes.is_empty());
    // The more exact one counts, and one for a path before the general one.
    let (_, code) = with("[rules.severity]\nTAG = \"low\"\nTAG106 = \"high\"\n", &[]);
    assert_eq!(code, 1);
    let over = "[rules.severity]\nTAG106 = \"high\"\n[[overrides]]\npaths = [\"app/**\"]\nseverity = { TAG106 = \"info\" }\n";
    assert_eq!(with(over, &[]).1, 0);
    assert_eq!(with(over, &["--severity-threshold", "low"]).0.len(), 0);
}

#[test]
fn each_way_to_a_milder_run_is_named() {
    for (config, way) in [
        (
            "[[suppress]]\ncode = \"TAG106\"\nobject = \"*\"\nreason = \"r\"\n",
            "exceptions accept all findings of TAG106",
        ),
        (
            "[[suppress]]\ncode = \"TAG106\"\npaths = [\"**\"]\nreason = \"r\"\n",
            "exceptions accept all findings of TAG106",
        ),
        (
            "[[suppress]]\ncode = \"TAG\"\nobject = \"*\"\npaths = [\"app/*\"]\nreason = \"r\"\n",
            "exceptions accept all findings of TAG",
        ),
        (
            "[[overrides]]\npaths = [\"**\"]\nignore = [\"TAG106\"]\nreason = \"r\"\n",
            "exceptions accept all findings of TAG106",
        ),
        (
            "[[overrides]]\npaths = [\"**\"]\nseverity = { TAG106 = \"info\" }\n",
            "1 rule has a lower severity or none in some paths",
        ),
        (
            "[rules.severity]\nTAG106 = \"info\"\n",
            "1 rule has a lower severity\n",
        ),
        (
            "[rules.options.ESC]\ntrusted-admins = [\"**\"]\n",
            "an option exempts everything from ",
        ),
    ] {
        let folder = folder(&[("app/read.json", LEAK), ("ascp-policy.toml", config)]);
        let run = run_in(folder.path(), &["check", "."]);
        assert!(
            run.out.contains(&format!("note: ascp-policy.toml: {way}")),
            "{config}{}{}",
            run.out,
            run.err
        );
    }
    let narrow = "[[suppress]]\ncode = \"TAG106\"\nobject = \"shop:*\"\nreason = \"r\"\n[[overrides]]\npaths = [\"app/**\"]\nignore = [\"TAG106\"]\nreason = \"r\"\n";
    let folder = folder(&[("app/read.json", LEAK), ("ascp-policy.toml", narrow)]);
    let run = run_in(folder.path(), &["check", "."]);
    assert!(!run.out.contains("note: ascp-policy.toml"), "{}", run.out);
}

#[test]
fn the_gate_also_counts_what_is_below_its_severity() {
    let medium = "[rules.severity]\nTAG106 = \"medium\"\n";
    assert_eq!(with(medium, &["--max-warnings", "0"]).1, 1);
    assert_eq!(with(medium, &["--max-warnings", "1"]).1, 0);
    assert_eq!(with(medium, &["--fail-on", "medium"]).1, 1);
    assert_eq!(with(&format!("max-warnings = 0\n{medium}"), &[]).1, 1);
    assert_eq!(with("", &["--exit-zero"]).1, 0);
}

#[test]
fn exceptions_in_the_configuration_have_an_object_a_reason_and_an_end() {
    let suppress =
        |rest: &str| format!("[[suppress]]\ncode = \"TAG106\"\npaths = [\"app/*.json\"]\n{rest}");
    assert_eq!(
        with(&suppress("reason = \"r\"\nuntil = 2999-01-01\n"), &[]).0,
        ["CFG107"]
    );
    assert_eq!(with(&suppress(""), &[]).0, ["CFG102", "CFG107"]);
    assert_eq!(
        with(&format!("require-reason = false\n{}", suppress("")), &[]).0,
        ["CFG107"]
    );
    assert_eq!(
        with(&suppress("reason = \"r\"\nuntil = 2020-01-01\n"), &[]).0,
        ["TAG106", "CFG103"]
    );
    let elsewhere = "[[suppress]]\ncode = \"TAG106\"\nobject = \"other\"\nreason = \"r\"\n";
    assert_eq!(with(elsewhere, &[]).0, ["TAG106", "CFG101"]);
    // It cannot be called unused by a run that did not look.
    assert_eq!(
        with(elsewhere, &["--select", "KMS,CFG"]).0,
        Vec::<String>::new()
    );
    let folder = folder(&[
        ("app/read.json", LEAK),
        ("b/read.json", LEAK),
        ("ascp-policy.toml", &suppress("reason = \"r\"\n")),
    ]);
    let run = check(folder.path(), &["b"]);
    assert_eq!(codes(&run), ["TAG106"]);
}

#[test]
fn an_exception_for_an_object_leaves_the_others() {
    let folder = folder(&[("a.json", LEAK), ("b.json", LEAK)]);
    let answer = check(folder.path(), &[]).json();
    let object = answer["findings"][0]["object"].as_str().unwrap().to_owned();
    let config =
        format!("[[suppress]]\ncode = \"abac-if-exists\"\nobject = {object:?}\nreason = \"r\"\n");
    fs::write(folder.path().join("ascp-policy.toml"), config).unwrap();
    let answer = check(folder.path(), &[]).json();
    assert_eq!(answer["summary"]["findings"], 1, "{answer}");
    assert_eq!(answer["suppressed"][0]["state"], "suppressed");
    assert_eq!(answer["suppressed"][0]["reason"], "r");
    assert_eq!(answer["suppressed"][0]["exception"], "ascp-policy.toml:2");
    let run = run_in(folder.path(), &["check", "--show-suppressed"]);
    assert!(
        run.out.contains("suppressed  a.json:10: TAG106"),
        "{}",
        run.out
    );
    assert!(run.out.contains("1 finding, 1 suppressed;"), "{}", run.out);
}

const WORLD: &str = "ascp-policy: 1
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    roles:
      reader:
        trust: pod-identity
        policies:
          # ascp-policy: ignore[TAG106] nobody tags yet
          read:
            - Effect: Allow
              Action: secretsmanager:GetSecretValue
              Resource: '*'
              Condition:
                StringEqualsIfExists:
                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
                  aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
";

#[test]
fn comments_except_a_line_an_element_and_a_file() {
    let reported = |world: &str, config: &str| {
        let folder = folder(&[("ascp-policy.yaml", world), ("ascp-policy.toml", config)]);
        codes(&check(folder.path(), &[]))
    };
    let comment = "# ascp-policy: ignore[TAG106] nobody tags yet";
    assert_eq!(reported(WORLD, ""), Vec::<String>::new());
    assert_eq!(reported(&WORLD.replace(comment, ""), ""), ["TAG106"]);
    assert_eq!(
        reported(&WORLD.replace(" nobody tags yet", ""), ""),
        ["CFG102"]
    );
    assert_eq!(
        reported(&WORLD.replace("nobody tags yet", "r, until 2020-01-01"), ""),
        ["CFG103", "TAG106"]
    );
    assert_eq!(
        reported(&WORLD.replace("TAG106", "TAG101"), ""),
        ["CFG101", "TAG106"]
    );
    let moved = WORLD
        .replace(comment, "")
        .replace("IfExists:", "IfExists:  # ascp-policy: ignore[TAG] r");
    assert_eq!(reported(&moved, ""), Vec::<String>::new());
    let file = format!(
        "# ascp-policy: ignore-file[abac-if-exists] generated\n{}",
        WORLD.replace(comment, "")
    );
    assert_eq!(reported(&file, ""), Vec::<String>::new());
    let file = format!(
        "# ascp-policy: ignore-file[TAG] generated\n{}",
        WORLD.replace(comment, "")
    );
    assert_eq!(reported(&file, ""), ["CFG107"]);
    let two = "    secrets:\n      a: { policy: [{ Effect: Allow, Principal: \"*\", Action: \"secretsmanager:*\", Resource: \"*\" }] }\n      b: { policy: [{ Effect: Allow, Principal: \"*\", Action: \"secretsmanager:*\", Resource: \"*\" }] }\n";
    let file = format!(
        "# ascp-policy: ignore-file[SCT119] generated\nascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: eu-west-1\n{two}"
    );
    let codes = reported(&file, "[rules]\nselect = [\"SCT119\", \"CFG\"]\n");
    assert_eq!(codes, ["CFG107"]);
    // What is forbidden is silenced by the configuration only.
    assert_eq!(
        reported(WORLD, "[rules.severity]\nTAG106 = \"forbid\"\n"),
        ["TAG106"]
    );
}

#[test]
fn many_codes_that_match_no_rule_are_counted() {
    for (codes, findings, last) in [
        (1000, 1000, "`X999` matches"),
        (1003, 1001, "`X1000` and 2 codes more match"),
    ] {
        let codes: Vec<String> = (0..codes).map(|number| format!("X{number}")).collect();
        let text = format!(
            "# ascp-policy: ignore[{}] known\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{ name: a, namespace: b }}\n",
            codes.join(",")
        );
        let place = folder(&[("a.yaml", &text)]);
        let run = run_in(place.path(), &["check", "--output", "concise"]);
        let lines: Vec<_> = run
            .out
            .lines()
            .filter(|line| line.contains("CFG104"))
            .collect();
        assert_eq!(lines.len(), findings);
        assert!(run.out.contains(last), "{:?}", lines.last());
    }
}

#[test]
fn an_annotation_excepts_its_object() {
    let folder = super::terraform::copy("single-account", |_| true);
    let class = folder.path().join("k8s/secretproviderclasses.yaml");
    let text = fs::read_to_string(&class).unwrap();
    let broken = text.replacen("objectType: secretsmanager", "objectType: secretmanager", 1);
    fs::write(&class, &broken).unwrap();
    assert_eq!(codes(&check(folder.path(), &[])), ["SPC105"]);
    let annotated = broken.replacen(
        "  name: app-secrets\n",
        "  name: app-secrets\n  annotations:\n    ascp-policy.dev/ignore.SPC105: legacy app\n",
        1,
    );
    fs::write(&class, annotated).unwrap();
    let answer = check(folder.path(), &[]).json();
    assert_eq!(answer["findings"].as_array().unwrap().len(), 0, "{answer}");
    assert_eq!(answer["suppressed"][0]["reason"], "legacy app");
}

#[test]
fn a_comment_in_terraform_excepts_its_block() {
    let folder = super::terraform::copy("single-account", |_| true);
    let main = folder.path().join("main.tf");
    let text = fs::read_to_string(&main).unwrap();
    let broken = text
        .replace(
            "\"kubernetes-namespace\", \"eks",
            "\"kubernetes_namespace\", \"eks",
        )
        .replace(
            "locals {",
            "# ascp-policy: ignore[TAG101] renamed next week\nlocals {",
        );
    fs::write(&main, broken).unwrap();
    let answer = check(folder.path(), &[]).json();
    assert_eq!(answer["findings"].as_array().unwrap().len(), 0, "{answer}");
    assert_eq!(answer["suppressed"][0]["exception"], "main.tf:12");
}

#[test]
fn a_baseline_knows_what_was_there_and_survives_reformatting() {
    let folder = folder(&[
        ("read.json", LEAK),
        ("ascp-policy.toml", "baseline = \"known.json\"\n"),
    ]);
    let run = run_in(folder.path(), &["baseline", "create"]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "known.json: 1 finding, 1 added, 0 removed\n"),
        "{}",
        run.err
    );
    assert_eq!(run_in(folder.path(), &["baseline", "create"]).code, 2);
    let answer = check(folder.path(), &[]).json();
    assert_eq!(answer["summary"]["baselined"], 1);
    assert_eq!(answer["suppressed"][0]["state"], "baselined");
    // Other white space, other lines: the same finding.
    let flat: Vec<_> = LEAK.split_whitespace().collect();
    fs::write(
        folder.path().join("read.json"),
        format!("\n\n{}\n", flat.join(" ")),
    )
    .unwrap();
    let run = check(folder.path(), &[]);
    assert_eq!((codes(&run).len(), run.code), (0, 0), "{}", run.out);
    // Another value: another finding.
    let changed = LEAK.replace("kubernetes-namespace", "kubernetes-service-account");
    fs::write(folder.path().join("read.json"), changed).unwrap();
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 1, "{}", run.out);
    let run = run_in(folder.path(), &["baseline", "update"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(
        run.out.contains("not added; `--accept-new` adds them"),
        "{}",
        run.out
    );
    let run = run_in(folder.path(), &["baseline", "update", "--accept-new"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert_eq!(check(folder.path(), &[]).code, 0);
    // What was repaired is stale until it is pruned.
    fs::write(
        folder.path().join("read.json"),
        LEAK.replace("IfExists", ""),
    )
    .unwrap();
    assert_eq!(codes(&check(folder.path(), &[])), ["CFG105"]);
    assert_eq!(run_in(folder.path(), &["baseline", "prune"]).code, 0);
    assert_eq!(codes(&check(folder.path(), &[])), Vec::<String>::new());
}

#[test]
fn a_finding_that_became_worse_is_not_known() {
    let folder = folder(&[
        ("read.json", LEAK),
        ("ascp-policy.toml", "[rules.severity]\nTAG106 = \"low\"\n"),
    ]);
    assert_eq!(run_in(folder.path(), &["baseline", "create"]).code, 0);
    let known = ["--baseline", "ascp-policy-baseline.json"];
    assert_eq!(codes(&check(folder.path(), &known)), Vec::<String>::new());
    fs::write(folder.path().join("ascp-policy.toml"), "").unwrap();
    assert_eq!(codes(&check(folder.path(), &known)), ["TAG106"]);
}

#[test]
fn a_baseline_that_is_none_is_trouble() {
    let folder = folder(&[("read.json", LEAK), ("known.json", "{\"a\": 1}")]);
    for file in ["known.json", "none.json"] {
        let run = run_in(folder.path(), &["check", "--baseline", file]);
        assert_eq!(run.code, 2, "{}", run.out);
        assert!(run.err.contains(file), "{}", run.err);
    }
}

#[test]
fn init_writes_a_configuration_that_changes_nothing() {
    let folder = folder(&[("read.json", LEAK)]);
    let before = check(folder.path(), &[]).json();
    let run = run_in(folder.path(), &["init"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out
            .starts_with("wrote ascp-policy.toml\n1 finding now;"),
        "{}",
        run.out
    );
    assert_eq!(check(folder.path(), &[]).json(), before);
    assert_eq!(run_in(folder.path(), &["init"]).code, 2);
    // Each line that is commented out is a setting that is understood.
    let path = folder.path().join("ascp-policy.toml");
    let text = fs::read_to_string(&path).unwrap();
    let live: Vec<_> = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest,
            _ => line,
        })
        .collect();
    fs::write(
        &path,
        live.join("\n")
            .replace("ascp-policy-baseline.json", "read.json"),
    )
    .unwrap();
    let run = run_in(folder.path(), &["check", "--baseline", "none.json"]);
    assert!(run.err.contains("none.json"), "{}", run.err);
}

#[test]
fn paths_below_a_world_select_the_findings() {
    let world = super::support::fixtures().join("inputs/terraform/pull-request");
    let codes_below = |paths: &[&str]| {
        let mut codes = codes(&check(&world, paths));
        codes.sort();
        codes
    };
    assert_eq!(codes_below(&[]), ["KMS106", "TAG101", "XAC101"]);
    assert_eq!(codes_below(&["."]), ["KMS106", "TAG101", "XAC101"]);
    assert_eq!(codes_below(&["terraform/shop"]), ["TAG101"]);
    assert_eq!(
        codes_below(&["k8s/prod/cache.yaml", "k8s/prod/app.yaml"]),
        ["KMS106", "XAC101"]
    );
    assert_eq!(check(&world, &["k8s/stage"]).code, 0);
}

#[test]
fn more_facts_do_not_hide_a_role_that_decrypts_with_every_key() {
    let template = "AWSTemplateFormatVersion: \"2010-09-09\"
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: \"2012-10-17\"
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: values
          PolicyDocument:
            Version: \"2012-10-17\"
            Statement: [{ Effect: Allow, Action: [secretsmanager:GetSecretValue, kms:Decrypt], Resource: \"*\" }]
";
    let folder = folder(&[("stack.yaml", template)]);
    for more in [
        &[][..],
        &["--account", "shop=111122223333", "--region", "eu-west-1"],
    ] {
        let codes = codes(&check(folder.path(), more));
        assert!(
            codes.iter().any(|code| code == "KMS112"),
            "{more:?}: {codes:?}"
        );
    }
}

#[test]
fn a_bare_policy_that_denies_everybody_sessions_with_tags_is_an_rcp() {
    let policy = |resource: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession", {resource}
            "Condition": {{"StringNotEqualsIfExists": {{"aws:PrincipalOrgID": "o-exampleorg1"}}}}}}]}}"#
        );
        let folder = folder(&[("tags.json", &text)]);
        codes(&check(folder.path(), &["--select", "GRM"]))
    };
    assert!(policy(r#""Resource": "*","#).is_empty());
    assert!(policy("").is_empty(), "a trust policy has no `Resource`");
}
