//! The forms in which `check` reports, each for the program that reads it.

use super::support::{LEAK, MOUNTS, TEMPLATE, fixtures, folder, forms, run_in};
use expect_test::expect;
use serde_json::Value;
use std::fs;

fn broken() -> std::path::PathBuf {
    fixtures().join("worlds/broken-misspelt-session-tag")
}

#[test]
fn several_forms_go_to_several_files() {
    let target = tempfile::tempdir().unwrap();
    let outputs: Vec<String> = forms()
        .iter()
        .map(|form| format!("--output={form}={}", target.path().join(form).display()))
        .collect();
    let mut arguments = vec!["check", "--output=concise"];
    arguments.extend(outputs.iter().map(String::as_str));
    let run = run_in(&broken(), &arguments);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(
        run.out,
        fs::read_to_string(target.path().join("concise")).unwrap()
    );
    for form in forms() {
        let text = fs::read_to_string(target.path().join(form)).unwrap();
        assert!(text.contains("TAG101"), "{form}: {text}");
        assert_eq!(run_in(&broken(), &["check", "--output", form]).code, 1);
    }
}

#[test]
fn other_commands_have_the_common_forms_only() {
    let run = run_in(&broken(), &["test", "--output", "sarif"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("output format `sarif` is only supported by `check`"),
        "{}",
        run.err
    );
    let run = run_in(&broken(), &["check", "--output", "srif"]);
    assert_eq!(run.code, 2);
}

#[test]
fn a_line_a_finding() {
    let run = run_in(&broken(), &["check", "--output", "concise"]);
    expect![[r"
        aws/account-authorization-details.json:42:112: TAG101[high] prod:dev/app cannot read `shop:dev/db`: no session has the tag `kubernetes_namespace`
    "]]
    .assert_eq(&run.out);
}

#[test]
fn annotations_of_github() {
    let run = run_in(&broken(), &["check", "--output", "github"]);
    expect![[r"
        ::error file=aws/account-authorization-details.json,line=42,endLine=42,col=112,endColumn=132,title=TAG101 misspelt-session-tag::prod:dev/app cannot read `shop:dev/db`: no session has the tag `kubernetes_namespace`%0Ahelp: did you mean `kubernetes-namespace`?
        ::notice title=ascp-policy::1 finding
    "]]
    .assert_eq(&run.out);
}

#[test]
fn code_quality_of_gitlab() {
    let answer = run_in(&broken(), &["check", "--output", "gitlab"]).json();
    let issue = &answer[0];
    assert_eq!(issue["severity"], "critical");
    assert_eq!(issue["location"]["lines"]["begin"], 42);
    assert_eq!(
        issue["location"]["path"],
        "aws/account-authorization-details.json"
    );
    assert_eq!(issue["fingerprint"].as_str().unwrap().len(), 16);
}

#[test]
fn checkstyle_and_junit_are_well_formed() {
    for (form, end) in [
        ("checkstyle", "</checkstyle>\n"),
        ("junit", "</testsuites>\n"),
    ] {
        let run = run_in(&broken(), &["check", "--output", form]);
        assert!(
            run.out
                .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
            "{}",
            run.out
        );
        assert!(run.out.ends_with(end), "{}", run.out);
    }
    let run = run_in(&broken(), &["check", "--output", "junit"]);
    assert!(run.out.contains("failures=\"1\""), "{}", run.out);
    // Rules that were not evaluated are no test cases.
    assert!(run.out.contains("tests=\"1\" skipped=\"0\""), "{}", run.out);
}

#[test]
fn markdown_for_a_comment() {
    let run = run_in(&broken(), &["check", "--output", "markdown"]);
    expect![[r"
        ### ascp-policy: 1 finding

        | | finding | object | place |
        | --- | --- | --- | --- |
        | high | [TAG101](https://github.com/ascp-policy/ascp-policy/blob/main/docs/rules/TAG101-misspelt-session-tag.md) misspelt-session-tag | `shop:dev/db` | `aws/account-authorization-details.json:42` |

        <details><summary>TAG101 misspelt-session-tag: prod:dev/app cannot read `shop:dev/db`: no session has the tag `kubernetes\_namespace`</summary>

        * `aws/account-authorization-details.json:42:112`: no such session tag
        * `k8s/secretproviderclasses.yaml:12:21`: mounted here
        * note: the variable has no value, so the condition never matches
        * note: it also breaks prod:qa/app with shop:qa/db
        * note: not allowed: arn:aws:iam::111122223333:role/pod-reader secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-Qm3xTa with secretsmanager:ResourceTag/kubernetes-namespace = dev
        * help: did you mean `kubernetes-namespace`?

        </details>

        0 of 2 mounts work; 2 pods, 2 objects.
    "]].assert_eq(&run.out);
}

fn validator() -> jsonschema::Validator {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sarif-schema-2.1.0.json");
    // A bracket of one of its patterns lacks its backslash.
    let text = fs::read_to_string(path)
        .unwrap()
        .replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}\\\\]?$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn sarif_fits_its_schema_in_every_broken_world() {
    let validator = validator();
    let worlds = fs::read_dir(fixtures().join("worlds")).unwrap();
    let mut count = 0;
    for world in worlds {
        let world = world.unwrap().path();
        if !world.join("ascp-policy.yaml").is_file() {
            continue;
        }
        let run = run_in(&world, &["check", "--output", "sarif"]);
        let sarif = run.json();
        let errors: Vec<_> = validator
            .iter_errors(&sarif)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", world.display());
        for result in sarif["runs"][0]["results"].as_array().unwrap() {
            count += 1;
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert!(region["startLine"].as_u64().unwrap() > 0, "{result}");
            let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][at];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(
                rule["help"]["markdown"]
                    .as_str()
                    .unwrap()
                    .contains("## What it flags"),
                "{rule}"
            );
        }
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn sarif_contains_flows_fixes_fingerprints_and_suppressions() {
    let folder = folder(&[
        ("read.json", LEAK),
        (
            "ascp-policy.toml",
            "[[suppress]]\ncode = \"TAG106\"\nobject = \"read.json\"\nreason = \"because\"\n",
        ),
    ]);
    let sarif = run_in(folder.path(), &["check", "--output", "sarif"]).json();
    assert!(validator().is_valid(&sarif));
    let run = &sarif["runs"][0];
    let leak = &run["results"][0];
    assert_eq!(leak["ruleId"], "TAG106");
    assert_eq!(leak["suppressions"][0]["kind"], "external");
    assert_eq!(leak["suppressions"][0]["justification"], "because");
    let change = &leak["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "read.json");
    assert_eq!(
        change["replacements"][0]["insertedContent"]["text"],
        "\"StringEquals\""
    );
    assert_eq!(
        leak["partialFingerprints"]["ascpPolicy/v1"]
            .as_str()
            .unwrap()
            .len(),
        16
    );
    let flow = leak["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .unwrap();
    assert_eq!(flow.len(), 2, "{leak}");
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert_eq!(rule["properties"]["tags"][1], "security");
}

#[test]
fn sarif_ranks_every_rule_and_has_the_fingerprint_of_github() {
    let sarif = run_in(&broken(), &["check", "--output", "sarif"]).json();
    let run = &sarif["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["properties"]["security-severity"], "8.0");
    assert_eq!(
        rule["properties"]["tags"],
        serde_json::json!(["break", "security"])
    );
    let hash = &run["results"][0]["partialFingerprints"]["primaryLocationLineHash"];
    let (hash, count) = hash.as_str().unwrap().split_once(':').unwrap();
    assert!(u64::from_str_radix(hash, 16).is_ok() && count == "1");
}

#[test]
fn sarif_has_undecided_mounts_and_unread_inputs_as_notifications() {
    let folder = folder(&[("app.yaml", MOUNTS), ("chart/templates/a.yaml", TEMPLATE)]);
    let sarif = run_in(folder.path(), &["check", "--output", "sarif"]).json();
    assert!(validator().is_valid(&sarif), "{sarif}");
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    let ids: Vec<_> = notifications
        .iter()
        .map(|notification| notification["descriptor"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["undecided", "undecided", "not-read"], "{sarif}");
    let text = notifications[0]["message"]["text"].as_str().unwrap();
    assert!(
        text.contains("missing: secret shop/one in us-east-1, association of "),
        "{text}"
    );
    let place = &notifications[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "app.yaml");
}

#[test]
fn an_export_has_no_fix_in_sarif() {
    let sarif = run_in(&broken(), &["check", "--output", "sarif"]).json();
    let result = &sarif["runs"][0]["results"][0];
    assert!(result["fixes"].is_null(), "{result}");
    assert_eq!(
        result["codeFlows"][0]["threadFlows"][0]["locations"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(result["suppressions"].as_array().unwrap().len(), 0);
}

#[test]
fn every_form_is_the_same_twice_and_contains_no_hostile_text() {
    let hostile = LEAK.replace(
        "\"Sid\": \"read\"",
        "\"Sid\": \"x\\n::error::owned\\u001b[31m</script>]]>\"",
    );
    let folder = folder(&[("a%0A::error::b.json", &hostile)]);
    for form in forms() {
        let run = run_in(folder.path(), &["check", "--output", form]);
        assert_eq!(run.code, 1, "{form}: {}", run.err);
        assert!(!run.out.contains('\u{1b}'), "{form}");
        assert!(
            !run.out
                .lines()
                .any(|line| line.starts_with("::error::owned")),
            "{form}: {}",
            run.out
        );
        let again = run_in(folder.path(), &["check", "--output", form]);
        assert_eq!(run.timeless(), again.timeless(), "{form}");
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let run = run_in(&broken(), &["rules"]);
    assert!(
        run.out
            .contains("TAG101  high      break    misspelt-session-tag\n"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("CFG101  low       fragile  unused-suppression\n"),
        "{}",
        run.out
    );
    let rules = run_in(&broken(), &["rules", "--output", "json"]).json();
    // A line and a sentence per rule.
    assert_eq!(rules.as_array().unwrap().len() * 2, run.out.lines().count());
    let filtered = run_in(
        &broken(),
        &[
            "rules",
            "TAG",
            "KMS101",
            "--class",
            "leak",
            "--severity",
            "high",
            "--output",
            "json",
        ],
    );
    let filtered = filtered.json();
    let filtered = filtered.as_array().unwrap();
    assert!(filtered.len() > 3 && filtered.len() < 30, "{filtered:?}");
    for rule in filtered {
        assert!(rule["code"].as_str().unwrap().starts_with("TAG"), "{rule}");
        assert_eq!(rule["class"], "leak");
        assert!(rule["severity"] == "critical" || rule["severity"] == "high");
    }
    assert_eq!(run_in(&broken(), &["rules", "TAGG"]).code, 2);
    for rule in rules.as_array().unwrap() {
        for name in ["code", "name"] {
            let run = run_in(
                &broken(),
                &["rules", "explain", rule[name].as_str().unwrap()],
            );
            assert!(run.out.contains("## What it flags"), "{rule}: {}", run.out);
        }
    }
    let run = run_in(&broken(), &["rules", "explain", "TAG1O1"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `TAG1"), "{}", run.err);
    assert_eq!(run_in(&broken(), &["rules", "explain", "TAG"]).code, 2);
}

#[test]
fn statistics_and_skipped_rules_are_printed_on_request() {
    let run = run_in(&broken(), &["check", "--statistics", "--show-skipped"]);
    assert!(
        run.out
            .contains("    1  high      TAG101  misspelt-session-tag\n"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("not evaluated  KMS101 key-policy-refuses-reader: missing keys\n"),
        "{}",
        run.out
    );
}

#[test]
fn the_catalog_has_a_date_and_can_be_replaced() {
    let run = run_in(&broken(), &["catalog"]);
    assert!(run.out.starts_with("service catalog of 20"), "{}", run.out);
    assert!(run.out.contains(" actions\n"), "{}", run.out);
    let answer = run_in(&broken(), &["catalog", "--output", "json"]).json();
    assert!(answer["actions"].as_u64().unwrap() > 10_000, "{answer}");
    let folder = folder(&[("read.json", LEAK), ("bad.json", "{}")]);
    for arguments in [
        &["catalog", "--catalog", "bad.json"][..],
        &["check", "--catalog", "none.json"],
        // The former spelling.
        &["catalogue", "--catalogue", "bad.json"],
        &["check", "--catalogue", "none.json"],
    ] {
        let run = run_in(folder.path(), arguments);
        assert_eq!(run.code, 2, "{}", run.out);
        assert!(run.err.contains(".json: "), "{}", run.err);
    }
}
