//! Whatever is put in: a message with a place, exit 2, no panic.

use crate::support::run_in;

/// Runs a command on one file and expects it to be refused with some words.
fn refused(name: &str, content: &[u8], arguments: &[&str], words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    let run = run_in(folder.path(), arguments);
    assert_eq!(run.code, 2, "{arguments:?}\n{}\n{}", run.out, run.err);
    for word in words {
        assert!(run.err.contains(word), "`{word}` is not in:\n{}", run.err);
    }
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

const WORLD: &str = "ascp-policy.yaml";

#[test]
fn the_help_for_an_unknown_key_of_a_world_is_the_nearest_key() {
    let text =
        b"ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    regoin: us-east-1\n";
    refused(
        WORLD,
        text,
        &["test"],
        &["regoin", "ascp-policy.yaml:5:5", "did you mean `region`?"],
    );
}

#[test]
fn a_name_that_does_not_exist_is_never_a_pass() {
    let text = b"ascp-policy: 1
accounts:
  shop:
    id: \"111122223333\"
    region: us-east-1
    clusters: { prod: { serviceAccounts: { dev/app: { association: reader } } } }
    roles: { reader: { trust: pod-identity } }
    secrets: { dev/db: {} }
expect:
  pods:
    prod:dev/app: { cannot: [read dev/bd] }
";
    refused(
        WORLD,
        text,
        &["test"],
        &["dev/bd", "ascp-policy.yaml:11:", "did you mean"],
    );
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("ascp-policy: 1\nabout: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 10].join(", ");
        text.push_str(&format!("k{level}: &a{level} [{aliases}]\n"));
    }
    refused(WORLD, text.as_bytes(), &["test"], &["ascp-policy.yaml:"]);
}

#[test]
fn ten_thousand_levels_are_refused() {
    let deep = format!("ascp-policy: 1\nabout: {}", "[".repeat(10_000));
    refused(WORLD, deep.as_bytes(), &["test"], &["ascp-policy.yaml:2:"]);
    let block: String = (0..10_000)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    refused(
        WORLD,
        format!("ascp-policy: 1\n{block}").as_bytes(),
        &["test"],
        &["ascp-policy.yaml:"],
    );
    let json = format!("{{\"Statement\": {}", "[".repeat(10_000));
    refused(
        "policy.json",
        json.as_bytes(),
        &["check", "policy.json"],
        &["nested deeper", "policy.json:1:"],
    );
}

#[test]
fn invalid_utf_8_is_named_with_its_line() {
    refused(
        WORLD,
        b"ascp-policy: 1\nabout: \xff\n",
        &["test"],
        &["UTF-8"],
    );
    refused(
        "request.json",
        b"{\"name\": \"\xff\"}",
        &["simulate", "--request", "request.json"],
        &["UTF-8"],
    );
}

#[test]
fn a_truncated_dump_is_refused() {
    let text = b"{\"RoleDetailList\": [], \"IsTruncated\": true, \"Marker\": \"abc\"}";
    refused(
        "dump.json",
        text,
        &["check", "dump.json"],
        &["cut off", "dump.json:1:"],
    );
    refused(
        "dump.json",
        b"{\"RoleDetailList\": [",
        &["check", "dump.json"],
        &["the document ends here", "dump.json:1:"],
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    refused("x.yaml", b"", &["check", "nothing.yaml"], &["nothing.yaml"]);
    refused(
        "x.yaml",
        b"",
        &["simulate", "--request", "nothing.json"],
        &["nothing.json: no such file"],
    );
    refused(
        "x.yaml",
        b"",
        &["simulate", "--request", "/dev/zero"],
        &["/dev/zero: not a regular file"],
    );
    refused("x.yaml", b"", &["test", "nothing"], &["nothing"]);
}

#[test]
fn an_include_of_the_wrong_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let answer = "{\"association\": {\"clusterName\": \"c\", \"namespace\": \"n\", \"serviceAccount\": \"s\"}}";
    std::fs::write(folder.path().join("answer.json"), answer).unwrap();
    let world = "ascp-policy: 1\ninclude:\n  - { path: answer.json, kind: kubernetes }\n";
    std::fs::write(folder.path().join(WORLD), world).unwrap();
    let run = run_in(folder.path(), &["test"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("ascp-policy.yaml:3:"), "{}", run.err);
}

#[test]
fn nothing_recognised_is_no_success() {
    refused(
        "readme.json",
        b"{\"a\": 1}",
        &["check", "."],
        &["nothing to check"],
    );
}

#[test]
fn a_policy_with_a_mistake_is_shown_at_the_mistake() {
    let text = b"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]\n}";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("policy.json"), text).unwrap();
    let run = run_in(folder.path(), &["check", "policy.json"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    for word in ["GRM103", "did you mean `Effect`?", "policy.json:3:"] {
        assert!(run.out.contains(word), "`{word}` is not in:\n{}", run.out);
    }
}

#[test]
fn no_value_of_a_secret_reaches_any_output() {
    let folder = tempfile::tempdir().unwrap();
    let canary = "CANARY-8c1f";
    let answer = format!(
        "{{\"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-AbCdEf\", \"Name\": \"dev/db\",\n\
         \"SecretString\": \"{canary}\", \"SecretBinary\": \"{canary}\", \"Tags\": [{{\"Key\": \"{{\", \"Value\": 1]}}"
    );
    std::fs::write(folder.path().join("broken.json"), &answer).unwrap();
    std::fs::write(
        folder.path().join("good.json"),
        answer.replace("\"Value\": 1]", "\"Value\": \"x\"}]"),
    )
    .unwrap();
    let manifest = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{ name: s, namespace: dev }}\nstringData: {{ password: {canary} }}\n"
    );
    std::fs::write(folder.path().join("secret.yaml"), manifest).unwrap();
    for arguments in [
        vec!["check", "."],
        vec!["check", "good.json", "secret.yaml", "--verbose"],
        vec![
            "world",
            "good.json",
            "secret.yaml",
            "--explain-merge",
            "--verbose",
        ],
        vec!["check", "good.json", "--output", "json"],
        vec!["simulate", "a", "b", "--path", "broken.json"],
    ] {
        let run = run_in(folder.path(), &arguments);
        assert!(
            !run.out.contains(canary) && !run.err.contains(canary),
            "{arguments:?}\n{}\n{}",
            run.out,
            run.err
        );
    }
}

#[test]
fn a_hostile_name_does_not_reach_the_terminal() {
    let text = "ascp-policy: 1\nabout: \"\\e]0;evil\\a\\u202e\"\naccounts:\n  \"sh\\eop\": {}\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(WORLD), text).unwrap();
    for arguments in [["test", "."], ["world", "."], ["check", "."]] {
        let run = run_in(folder.path(), &arguments);
        for hostile in ['\u{1b}', '\u{7}', '\u{202e}'] {
            assert!(
                !run.out.contains(hostile) && !run.err.contains(hostile),
                "{arguments:?}\n{:?}",
                run.out
            );
        }
    }
}

#[test]
fn nobody_writes_lines_of_their_own_into_messages() {
    let text = b"{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\\n::error::forged\", \"a\\n::warning::b\": 1}]}";
    let folder = tempfile::tempdir().unwrap();
    let name = "x\n::notice::y.json";
    std::fs::write(folder.path().join(name), text).unwrap();
    for arguments in [
        vec!["check", name],
        vec!["check", ".", "-v"],
        vec!["world", ".", "--explain-merge", "-v"],
    ] {
        let run = run_in(folder.path(), &arguments);
        let forged = |line: &str| line.trim_start().starts_with("::");
        // A mistake of a policy is a finding of `check`, and ends no other run.
        let code = i32::from(arguments[0] == "check");
        assert_eq!(run.code, code, "{arguments:?}: {}", run.out);
        assert!(
            !run.err.lines().chain(run.out.lines()).any(forged),
            "{}{}",
            run.out,
            run.err
        );
    }
}

#[test]
fn a_windows_line_end_does_not_show() {
    let text = b"ascp-policy: 1\r\nabuot: x\r\naccounts: {}\r\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(WORLD), text).unwrap();
    let run = run_in(folder.path(), &["test"]);
    assert!(
        run.err.contains("2 │ abuot: *") && !run.err.replace("mean `about`?", "").contains('?'),
        "{}",
        run.err
    );
}

#[test]
fn a_world_is_printed_without_hostile_characters_and_reads_the_same() {
    let text = "ascp-policy: 1\nabout: \"a\\u202Eb\\x9Bc\\u2028d\"\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    \
                roles: { r: { trust: pod-identity, policies: { p: [{ Sid: \"a\", Effect: Allow, Action: 'a:b', Resource: \"x\\u202Ey\" }] } } }\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(WORLD), text).unwrap();
    let first = run_in(folder.path(), &["world"]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(
        first.out.contains(r#"about: "a\u202eb\u009bc\u2028d""#),
        "{}",
        first.out
    );
    assert!(first.out.contains(r#""x\u202ey""#), "{}", first.out);
    std::fs::write(folder.path().join(WORLD), &first.out).unwrap();
    assert_eq!(run_in(folder.path(), &["world"]).out, first.out);
}

const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: dev }
spec:
  template:
    spec:
      serviceAccountName: app
      containers: []
      volumes:
        - name: s
          csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: c } }
";

#[test]
fn a_template_that_happens_to_be_yaml_is_skipped_and_named() {
    let template = DEPLOYMENT.replace(
        "serviceAccountName: app",
        "serviceAccountName: {{ .Values.account }}",
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("web.yaml"), &template).unwrap();
    std::fs::write(folder.path().join("other.yaml"), DEPLOYMENT).unwrap();
    let run = run_in(folder.path(), &["check", "."]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("not read: 1 template (web.yaml): render it first"),
        "{}",
        run.out
    );
    assert_eq!(run.out.matches("web.yaml").count(), 1, "{}", run.out);
    assert!(
        run.out
            .contains("missing: SecretProviderClass c of namespace dev"),
        "{}",
        run.out
    );
    refused(
        "web.yaml",
        template.as_bytes(),
        &["check", "web.yaml"],
        &["is a template", "render it first"],
    );
    let quoted = DEPLOYMENT.replace("name: s", "name: s # {{ x }}");
    std::fs::write(folder.path().join("web.yaml"), quoted).unwrap();
    let run = run_in(folder.path(), &["check", "."]);
    assert!(!run.out.contains("not read"), "{}", run.out);
}

#[test]
fn a_compact_dump_that_is_cut_off_is_refused_in_a_directory() {
    refused(
        "dump.json",
        b"{\"RoleDetailList\": [ {\"RoleName\": \"x\"",
        &["check", "."],
        &["the document ends here", "dump.json:1:"],
    );
    refused(
        "dump.json",
        b"{\"SecretList\": [ {",
        &["check", "."],
        &["the document ends here"],
    );
}

#[test]
fn a_path_is_reported_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_in(folder.path(), &["check", "nothing.yaml"]);
    assert_eq!(run.err.matches("nothing.yaml").count(), 1, "{}", run.err);
}

#[test]
fn a_policy_that_aws_would_never_take_costs_no_minutes() {
    let actions: Vec<_> = (0..20_000)
        .map(|number| format!("\"secretsmanager:Get{number}*x\""))
        .collect();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":[{}],"Resource":"*"}}]}}"#,
        actions.join(",")
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.json"), policy).unwrap();
    let run = run_in(folder.path(), &["check", "p.json", "--output", "concise"]);
    assert!(
        run.out
            .contains("QUO103[medium] `p.json` has 1 statements with 20001 values"),
        "{}",
        run.out
    );
}
