//! `--fix` and `--diff`: what is changed, what is left alone, and what is taken back.

use super::support::{LEAK, fixtures, folder, run_in};
use expect_test::expect;
use std::{fs, process::Command};

#[test]
fn a_diff_is_a_patch_and_changes_nothing() {
    let folder = folder(&[("read.json", LEAK)]);
    let run = run_in(folder.path(), &["check", "--diff"]);
    assert_eq!(run.code, 1);
    expect![[r#"
        --- a/read.json
        +++ b/read.json
        @@ -7,7 +7,7 @@
               "Action": "secretsmanager:GetSecretValue",
               "Resource": "*",
               "Condition": {
        -        "StringEqualsIfExists": {
        +        "StringEquals": {
                   "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
                   "aws:ResourceTag/eks-cluster-arn": "${aws:PrincipalTag/eks-cluster-arn}"
                 }
    "#]]
    .assert_eq(&run.out);
    assert_eq!(
        fs::read_to_string(folder.path().join("read.json")).unwrap(),
        LEAK
    );
}

/// `git apply` takes the patch, and makes what `--fix` makes.
#[test]
fn a_patch_keeps_line_ends_and_marks() {
    let windows = LEAK.replace('\n', "\r\n");
    let late = format!("{windows}\r\n");
    let first = windows.replacen("{\r\n", "{ ", 1);
    for text in [windows, late, first] {
        for text in [text.clone(), format!("\u{feff}{text}")] {
            let place = folder(&[("read.json", &text)]);
            let patch = run_in(place.path(), &["check", "--diff"]).out;
            assert!(patch.starts_with("--- a/read.json"), "{text:?}: {patch}");
            fs::write(place.path().join("p.patch"), patch).unwrap();
            let applied = Command::new("git")
                .args(["apply", "p.patch"])
                .current_dir(place.path())
                .output()
                .unwrap();
            assert!(applied.status.success(), "{applied:?}");
            let after = fs::read_to_string(place.path().join("read.json")).unwrap();
            assert_eq!(after, text.replace("IfExists", ""));
        }
    }
}

#[test]
fn a_safe_fix_changes_only_its_place() {
    let folder = folder(&[("read.json", LEAK)]);
    let run = run_in(folder.path(), &["check", "--fix"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("1 fix in 1 file\n"), "{}", run.out);
    let text = fs::read_to_string(folder.path().join("read.json")).unwrap();
    assert_eq!(text, LEAK.replace("IfExists", ""));
    let run = run_in(folder.path(), &["check", "--fix"]);
    assert!(run.out.contains("no fix was applied"), "{}", run.out);
}

#[test]
fn a_file_in_utf_16_is_left_alone() {
    let units = LEAK.encode_utf16();
    let plain: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], plain.as_slice()].concat();
    for bytes in [plain, marked] {
        let folder = folder(&[]);
        let file = folder.path().join("read.json");
        fs::write(&file, &bytes).unwrap();
        let run = run_in(folder.path(), &["check", "--diff"]);
        assert_eq!(run.out, "");
        let run = run_in(folder.path(), &["check", "--fix"]);
        assert!(
            run.out.contains("the file is UTF-16: save it as UTF-8"),
            "{}",
            run.out
        );
        assert!(run.out.contains("no fix was applied"), "{}", run.out);
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
}

/// The blog's world in one file, its policy misspelt.
fn misspelt() -> tempfile::TempDir {
    let source = fixtures().join("worlds/blog-single-account");
    let run = run_in(&source, &["world"]);
    let text = run.out.replace(
        "PrincipalTag/kubernetes-namespace",
        "PrincipalTag/kubernetes_namespace",
    );
    folder(&[("ascp-policy.yaml", &text)])
}

#[test]
fn a_repair_needs_to_be_asked_for() {
    let folder = misspelt();
    let file = folder.path().join("ascp-policy.yaml");
    let before = fs::read_to_string(&file).unwrap();
    let run = run_in(folder.path(), &["check", "--fix"]);
    assert_eq!(run.code, 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let run = run_in(folder.path(), &["check", "--fix=repair"]);
    assert_eq!(run.code, 0, "{}", run.out);
    let after = before.replace(
        "PrincipalTag/kubernetes_namespace",
        "PrincipalTag/kubernetes-namespace",
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), after);
}

#[test]
fn an_export_and_terraform_are_never_changed() {
    let export = fixtures().join("worlds/broken-misspelt-session-tag");
    let run = run_in(&export, &["check", "--fix=unsafe", "--diff"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    let folder = super::terraform::copy("single-account", |_| true);
    let main = folder.path().join("main.tf");
    let broken = fs::read_to_string(&main).unwrap().replace(
        "\"kubernetes-namespace\", \"eks",
        "\"kubernetes_namespace\", \"eks",
    );
    fs::write(&main, &broken).unwrap();
    let run = run_in(folder.path(), &["check", "--fix=unsafe"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("help: did you mean"), "{}", run.out);
    assert_eq!(fs::read_to_string(&main).unwrap(), broken);
}

#[test]
fn each_finding_without_a_fix_has_a_reason() {
    let folder = folder(&[(
        "read.json",
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "iam:PassRole"], "Resource": "*"},
    {"Effect": "Allow", "Action": "secretsmanager:GetSecretValues", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-??????"}
  ]
}
"#,
    )]);
    let run = run_in(folder.path(), &["check", "--fix"]);
    let lines = run.out.lines().filter(|line| line.starts_with("no fix  "));
    let lines: Vec<_> = lines.collect();
    expect![[r"
        no fix    PRM111 iam:PassRole is allowed on everything: the change is a decision: several changes are possible
        no fix    CAT101 secretsmanager has no action `GetSecretValues`: its fix has the grade repair: use --fix=repair"]].assert_eq(&lines.join("\n"));
    let export = fixtures().join("worlds/broken-misspelt-session-tag");
    let run = run_in(&export, &["check", "--fix=unsafe"]);
    expect!["no fix    TAG101 prod:dev/app cannot read `shop:dev/db`: no session has the tag `kubernetes_namespace`: the file is made from other files or from an account: change it there"].assert_eq(
        run.out
            .lines()
            .find(|line| line.starts_with("no fix"))
            .unwrap(),
    );
}
