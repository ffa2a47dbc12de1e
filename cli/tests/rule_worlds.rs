//! Examples of rule pages that change the world of the pages: the world is good, and each change is found once.

#![expect(clippy::unwrap_used, reason = "a page that cannot be read has failed")]

use loader::{Loaded, Options};
use policy_engine::{
    simulator::Simulator,
    source::{Shown, SourceMap},
};
use rules::{
    finding::{Finding, Fix},
    input::Settings,
    lint::{self, lint},
    page, registry,
    rule::{Need, Severity, option::Setting},
};
use std::{collections::BTreeMap, fs, path::PathBuf};

type Files = BTreeMap<String, String>;

fn world() -> Files {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/rules/world");
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Applies the hunks of a `diff` fence: lines are found by their text, whatever their indentation.
fn apply(text: &str, diff: &str) -> Result<String, String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for hunk in hunks(diff) {
        let old: Vec<&str> = hunk
            .iter()
            .filter(|(sign, _)| *sign != '+')
            .map(|(_, line)| *line)
            .collect();
        // A file that is not there yet begins with its first line.
        let at = (0..lines.len().max(1))
            .find(|at| {
                old.iter()
                    .enumerate()
                    .all(|(number, line)| lines.get(at + number).is_some_and(|own| own == line))
            })
            .ok_or_else(|| format!("no such lines:\n{}", old.join("\n")))?;
        let new: Vec<String> = hunk
            .iter()
            .filter(|(sign, _)| *sign != '-')
            .map(|(_, line)| (*line).to_owned())
            .collect();
        lines.splice(at..at + old.len(), new);
    }
    Ok(lines.join("\n") + "\n")
}

/// The hunks of a diff: a line that goes, or stays, after one that came begins the next.
fn hunks(diff: &str) -> Vec<Vec<(char, &str)>> {
    let mut hunks: Vec<Vec<(char, &str)>> = vec![Vec::new()];
    for line in diff.lines() {
        let sign = line.chars().next().unwrap_or(' ');
        let text = line.get(1..).unwrap_or("");
        let last = hunks.last_mut().unwrap();
        if line == "@@" {
            hunks.push(Vec::new());
        } else {
            last.push((sign, text));
        }
    }
    hunks
}

fn findings(files: &Files) -> Result<Vec<Finding>, String> {
    findings_with(files, &Settings::default(), None)
}

fn read(files: &Files) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let options = Options {
        paths: vec![folder.path().to_owned()],
        keeps_faulty_policies: true,
        ..Options::default()
    };
    loader::load(&options).map_err(|error| error.to_string())
}

fn findings_with(
    files: &Files,
    settings: &Settings,
    before: Option<&Files>,
) -> Result<Vec<Finding>, String> {
    let loaded = read(files)?;
    let before = before.map(read).transpose()?;
    let before = before
        .as_ref()
        .map(|before| Simulator::new(&before.inventory));
    Ok(lint(
        &Simulator::new(&loaded.inventory),
        &loaded.sources,
        &lint::Options {
            settings: Some(settings),
            promises: Some(&loaded.promises),
            against: before.as_ref(),
            sightings: &loaded.sightings,
            ..lint::Options::default()
        },
    )
    .findings)
}

fn words(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule.code, finding.message))
        .collect()
}

#[test]
fn the_world_of_the_pages_is_good() {
    let findings = findings(&world()).unwrap();
    let grave: Vec<_> = findings
        .into_iter()
        .filter(|finding| finding.severity < Severity::Info)
        .collect();
    assert!(grave.is_empty(), "{:?}", words(&grave));
}

#[test]
fn each_change_of_the_world_is_reported_once_by_its_rule() {
    let (mut run, mut complaints) = (0, Vec::new());
    for rule in registry::rules() {
        let mut files = world();
        let mut also: Vec<String> = Vec::new();
        let changes: Vec<_> = page::examples(rule)
            .into_iter()
            .filter(|example| example.language == "diff")
            .collect();
        if changes.is_empty() {
            continue;
        }
        run += 1;
        let mut failed = None;
        for change in &changes {
            also.extend(change.also().map(str::to_owned));
            let file = files.entry(change.words[0].clone()).or_default();
            match apply(file, &change.text) {
                Ok(text) => *file = text,
                Err(error) => failed = Some(error),
            }
        }
        let unchanged = world();
        let before = rule.needs.contains(&Need::Against).then_some(&unchanged);
        let findings =
            failed.map_or_else(|| findings_with(&files, &Settings::default(), before), Err);
        let findings = match findings {
            Ok(findings) => findings,
            Err(error) => {
                complaints.push(format!("{}: {error}", rule.code));
                continue;
            }
        };
        let of_rule = findings
            .iter()
            .filter(|finding| finding.rule.code == rule.code);
        let others = findings.iter().filter(|finding| {
            finding.rule.code != rule.code
                && finding.severity < Severity::Info
                && !also.contains(&finding.rule.code.to_owned())
        });
        if of_rule.count() != 1 || others.count() > 0 {
            complaints.push(format!("{}: {:#?}", rule.code, words(&findings)));
        }
    }
    println!("{run} examples of worlds");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Changes that a page has no room for: what is found then, info left out.
const VARIANTS: [(&str, &str, &[&str]); 8] = [
    (
        "a role of a web identity, whose sessions have no tags, sets the tags of a role",
        "         trust: &pods-of-prod
+          - Effect: Allow
+            Principal: { AWS: arn:aws:iam::111122223333:role/legacy }
+            Action: [sts:AssumeRole, sts:TagSession]
           - Effect: Allow
",
        &["ESC111"],
    ),
    (
        "the same, and a service control policy denies the tag to all but services and one role",
        "         trust: &pods-of-prod
+          - Effect: Allow
+            Principal: { AWS: arn:aws:iam::111122223333:role/legacy }
+            Action: [sts:AssumeRole, sts:TagSession]
           - Effect: Allow
@@
             Action: organizations:LeaveOrganization
             Resource: \"*\"
+          - Effect: Deny
+            Action: sts:TagSession
+            Resource: \"*\"
+            Condition:
+              \"Null\": { aws:RequestTag/kubernetes-namespace: \"false\" }
+              BoolIfExists: { aws:PrincipalIsAWSService: \"false\" }
+              ArnNotEquals: { aws:PrincipalArn: arn:aws:iam::111122223333:role/hop }
",
        &[],
    ),
    (
        "a role of pods may tag a role whose permissions depend on its tags",
        "         policies:
           read-own:
+            - Effect: Allow
+              Action: iam:TagRole
+              Resource: arn:aws:iam::111122223333:role/pod-reader
             - Effect: Allow
",
        &["ESC113"],
    ),
    (
        "a trust policy excludes the only pods with the role, which mount nothing",
        "     clusters:
+      test:
+        serviceAccounts:
+          dev/idle: { association: idle }
@@
     roles:
+      idle:
+        trust:
+          - Effect: Allow
+            Principal: { Service: pods.eks.amazonaws.com }
+            Action: [sts:AssumeRole, sts:TagSession]
+            Condition:
+              StringEquals: { aws:SourceAccount: \"111122223333\", aws:RequestTag/kubernetes-namespace: qa }
",
        &["POD108"],
    ),
    (
        "a role for each cluster, and both read by namespace alone",
        "                 StringEquals:
                   aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
-                  aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
@@
     clusters:
+      test:
+        serviceAccounts:
+          dev/app: { association: test-reader }
@@
     roles:
+      test-reader:
+        trust: pod-identity
+        policies:
+          read:
+            - Effect: Allow
+              Action: secretsmanager:GetSecretValue
+              Resource: \"*\"
+              Condition:
+                StringEquals: { aws:ResourceTag/kubernetes-namespace: \"${aws:PrincipalTag/kubernetes-namespace}\" }
@@
-            Condition: *own
+            Condition:
+              StringEquals: { aws:ResourceTag/eks-cluster-arn: \"${aws:PrincipalTag/eks-cluster-arn}\" }
",
        &["TAG119"],
    ),
    (
        "the same with names that do not meet",
        "                 StringEquals:
                   aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
-                  aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
@@
     clusters:
+      test:
+        serviceAccounts:
+          dev/app: { association: test-reader }
@@
     roles:
+      test-reader:
+        trust: pod-identity
+        policies:
+          read:
+            - Effect: Allow
+              Action: secretsmanager:GetSecretValue
+              Resource: arn:aws:secretsmanager:us-east-1:444455556666:secret:test/*
+              Condition:
+                StringEquals: { aws:ResourceTag/kubernetes-namespace: \"${aws:PrincipalTag/kubernetes-namespace}\" }
@@
-            Condition: *own
+            Condition:
+              StringEquals: { aws:ResourceTag/eks-cluster-arn: \"${aws:PrincipalTag/eks-cluster-arn}\" }
",
        &[],
    ),
    (
        "service accounts of two clusters compared by name alone",
        "                 StringEquals:
-                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
-                  aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
+                  aws:ResourceTag/kubernetes-service-account: ${aws:PrincipalTag/kubernetes-service-account}
@@
     clusters:
+      test:
+        serviceAccounts:
+          dev/app: { association: pod-reader }
@@
-              ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
@@
-        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
+        tags: { kubernetes-service-account: app }
@@
-        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
+        tags: { kubernetes-service-account: app }
",
        &["TAG119", "TAG122"],
    ),
    (
        "a role that any cluster of the account may have",
        "-closed: all
@@
     clusters:
+      test: {}
@@
-            Condition:
-              StringEquals: { aws:SourceAccount: \"111122223333\" }
-              ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
",
        &["POD104"],
    ),
];

#[test]
fn other_changes_of_the_world_are_reported_as_well() {
    let mut complaints = Vec::new();
    for (name, diff, wanted) in VARIANTS {
        let mut files = world();
        let file = files.get_mut("ascp-policy.yaml").unwrap();
        *file = apply(file, diff).unwrap_or_else(|error| panic!("{name}: {error}"));
        let findings = findings(&files).unwrap_or_else(|error| panic!("{name}: {error}"));
        let grave = findings
            .iter()
            .filter(|finding| finding.severity < Severity::Info);
        let codes: Vec<_> = grave.map(|finding| finding.rule.code).collect();
        if codes != *wanted {
            complaints.push(format!("{name}: {:#?}", words(&findings)));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Options with the change of the world on which they bear: what is found without and with them, with severities.
const OPTIONS: [(&str, &str, &str, &str, &str, &str); 3] = [
    (
        "TAG101",
        "max-distance = 0",
        "ascp-policy.yaml",
        "-                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
+                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespaze}
",
        "TAG101 high",
        "TAG102 medium",
    ),
    (
        "ESC102",
        "trusted-admins = [\"shop:pod-*\"]",
        "ascp-policy.yaml",
        "-              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
+              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret, secretsmanager:TagResource]
               Resource: arn:aws:secretsmanager:*:*:secret:*
",
        "ESC102 critical",
        "ESC102 info",
    ),
    (
        "SPC114",
        "world-readable = true",
        "manifests.yaml",
        "         objectAlias: local
+        filePermission: \"0644\"
",
        "",
        "SPC114 low, SPC114 low, SPC114 low",
    ),
];

#[test]
fn an_option_changes_what_is_reported() {
    for (code, text, file, diff, without, with) in OPTIONS {
        let rule = registry::find(code).unwrap();
        let (name, value) = text.split_once(" = ").unwrap();
        let option = rule
            .options
            .iter()
            .find(|option| option.name == name)
            .unwrap();
        let value = match &option.default {
            Setting::Number(_, most) => Setting::Number(value.parse().unwrap(), *most),
            Setting::Switch(_) => Setting::Switch(value.parse().unwrap()),
            Setting::Patterns(_) => Setting::Patterns(serde_json::from_str(value).unwrap()),
        };
        let mut settings = Settings::default();
        settings.set(rule, option, value);
        let mut files = world();
        let changed = apply(&files[file], diff).unwrap();
        files.insert(file.to_owned(), changed);
        let reported = |settings: &Settings| {
            let findings = findings_with(&files, settings, None).unwrap();
            let relevant = findings
                .iter()
                .filter(|finding| finding.severity < Severity::Info || finding.rule.code == code);
            let words = relevant
                .map(|finding| format!("{} {}", finding.rule.code, finding.severity.word()));
            words.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(reported(&Settings::default()), without, "{code}");
        assert_eq!(reported(&settings), with, "{code}");
    }
}

/// The texts with the edits of a fix.
fn edited(files: &Files, sources: &SourceMap, fix: &Fix) -> Option<Files> {
    let mut files = files.clone();
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|(origin, _)| std::cmp::Reverse(origin.span.start));
    for (origin, text) in edits {
        let path = PathBuf::from(&sources.get(origin.source)?.name);
        let name = path.file_name()?.to_str()?.to_owned();
        let span =
            usize::try_from(origin.span.start).ok()?..usize::try_from(origin.span.end).ok()?;
        files.get_mut(&name)?.replace_range(span, text);
    }
    Some(files)
}

/// Each fix of a finding in a changed world removes the finding, and its edits make no new mistake.
#[test]
fn a_fix_leaves_a_world_without_the_mistake() {
    let (mut with, mut without, mut clean, mut complaints) = (0, 0, 0, Vec::new());
    for rule in registry::rules() {
        let mut files = world();
        let examples = page::examples(rule).into_iter();
        let changes: Vec<_> = examples.filter(|own| own.language == "diff").collect();
        if changes.is_empty() || rule.needs.contains(&Need::Against) {
            continue;
        }
        for change in &changes {
            let file = files.entry(change.words[0].clone()).or_default();
            *file = apply(file, &change.text).unwrap();
        }
        let (sources, findings) = judged(&files).unwrap();
        let known: Vec<_> = findings.iter().map(|own| own.rule.code).collect();
        let Some(finding) = findings.iter().find(|own| own.rule == *rule) else {
            continue;
        };
        let after = finding
            .fix
            .as_ref()
            .and_then(|fix| edited(&files, &sources, fix));
        assert_eq!(finding.fix.is_none(), finding.no_fix().is_some());
        let Some(after) = after else {
            without += 1;
            continue;
        };
        with += 1;
        match judged(&after) {
            Err(error) => complaints.push(format!("{}: {error}", rule.code)),
            Ok((_, left)) => {
                let grave = left.iter().filter(|own| own.severity < Severity::Info);
                clean += usize::from(grave.clone().count() == 0);
                let bad: Vec<_> = grave
                    .filter(|own| {
                        own.fingerprint == finding.fingerprint || !known.contains(&own.rule.code)
                    })
                    .map(|own| format!("{} {}", own.rule.code, own.message))
                    .collect();
                if !bad.is_empty() {
                    complaints.push(format!("{}: {bad:#?}", rule.code));
                }
            }
        }
    }
    println!("{with} fixes, {clean} of them leave nothing; {without} findings without a fix");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The findings of a world with its sources.
fn judged(files: &Files) -> Result<(SourceMap, Vec<Finding>), String> {
    let loaded = read(files)?;
    let options = lint::Options {
        promises: Some(&loaded.promises),
        sightings: &loaded.sightings,
        ..lint::Options::default()
    };
    let simulator = Simulator::new(&loaded.inventory);
    let findings = lint(&simulator, &loaded.sources, &options).findings;
    drop(simulator);
    Ok((loaded.sources, findings))
}

/// Each YAML, JSON and HCL text of a page can be parsed; in a flagged or accepted text a mistake of form would be a second mistake.
#[test]
fn every_text_of_a_page_is_well_formed() {
    let (mut counts, mut complaints) = (BTreeMap::<String, usize>::new(), Vec::new());
    for rule in registry::rules() {
        for example in page::examples(rule) {
            let mut sources = SourceMap::default();
            let source = sources.add("page", Shown::whole(example.text.as_str()));
            let error = match example.language.as_str() {
                "yaml" => yaml::parse(source, &example.text)
                    .err()
                    .map(|error| error.to_string()),
                "hcl" => {
                    let parsed = example.text.parse::<hcl_edit::structure::Body>();
                    parsed.err().map(|error| error.to_string())
                }
                _ => continue,
            };
            *counts.entry(example.language.clone()).or_default() += 1;
            if let Some(error) = error {
                complaints.push(format!("{}: {error}\n{}", rule.code, example.text));
            }
        }
    }
    println!("{counts:?}");
    assert!(counts.values().all(|count| *count > 50), "{counts:?}");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
