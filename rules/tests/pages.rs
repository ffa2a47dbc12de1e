//! Every rule has a page whose examples are run, and the printed pages are up to date.
//!
//! `UPDATE=1 cargo test -p ascp-policy-rules --test pages` prints them anew. Examples that change the world of the pages
//! need the reader of files and are run by `cli/tests/rule_worlds.rs`.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a page that cannot be read has failed"
)]

use policy_engine::{
    inventory::{
        AccountId, Attribute, Inventory, KeyRef, Listed, LoosePolicy, Region, ResourcePolicy,
        Secret, Tags,
    },
    policy::{PolicyType, parse},
    simulator::Simulator,
    source::{Origin, Shown, SourceMap},
    syntax::{
        json,
        node::{Node, Value},
    },
    text::{Hole, HoleKind, Text},
};
use rules::{
    finding::Finding,
    lint::{Options, lint},
    page::{self, Example, HEADINGS},
    registry,
    rule::{Class, Rule, Severity},
};
use std::{fs, path::PathBuf, sync::Arc};

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/rules")
}

/// The findings in a policy that stands alone, or hangs on a secret.
fn findings(rule: &Rule, example: &Example) -> Vec<Finding> {
    let word = example.words.first().unwrap().as_str();
    findings_as(rule, example, word, |text| text)
}

/// The same with the policy read as another type, and written in another way.
fn findings_as(
    rule: &Rule,
    example: &Example,
    word: &str,
    write: fn(String) -> String,
) -> Vec<Finding> {
    findings_of(rule, example, word, write, |_| {})
}

/// The same with a change to the values, which their text does not tell.
fn findings_of(
    rule: &Rule,
    example: &Example,
    word: &str,
    write: fn(String) -> String,
    change: impl FnOnce(&mut Node),
) -> Vec<Finding> {
    let text = write(document(example));
    findings_in(rule, word, &text, change)
}

/// An example as a document: most examples are statements.
fn document(example: &Example) -> String {
    let is_document = ["\"Statement\"", "\"Version\""]
        .iter()
        .any(|name| example.text.contains(name));
    let text = if is_document {
        example.text.clone()
    } else {
        let statements = example.text.trim();
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statements}}}")
    };
    // `@N` stands for so many characters, which nobody wants to read.
    match text.split_once('@') {
        Some((before, rest)) => {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let filler = "x".repeat(digits.parse().unwrap_or(0));
            format!("{before}{filler}{}", &rest[digits.len()..])
        }
        None => text,
    }
}

/// The findings in the text of a policy.
fn findings_in(
    rule: &Rule,
    word: &str,
    text: &str,
    change: impl FnOnce(&mut Node),
) -> Vec<Finding> {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.json", Shown::whole(text));
    let mut node = json::parse(source, text).unwrap();
    change(&mut node);
    let kind = match word {
        "identity" => PolicyType::Identity,
        "boundary" => PolicyType::Boundary,
        "session" => PolicyType::Session,
        "resource" | "secret" => PolicyType::Resource,
        "trust" => PolicyType::Trust,
        "key" => PolicyType::Key,
        "scp" => PolicyType::Scp,
        "rcp" => PolicyType::Rcp,
        "endpoint" => PolicyType::Endpoint,
        other => panic!("`{other}` is no policy type"),
    };
    let document = Arc::new(parse::document(&node, kind, "policy").0);
    let mut inventory = Inventory::default();
    if word == "secret" {
        inventory
            .secrets
            .push(secret(ResourcePolicy::Document(document)));
    } else {
        inventory.loose.push(LoosePolicy { kind, document });
    }
    // Of the rules that are off only the one of the page runs.
    let rules = registry::rules().iter();
    let others = rules.filter(|other| other.is_off && other.code != rule.code);
    let off: Vec<_> = others.map(|other| other.code).collect();
    let options = Options {
        off: Some(&off),
        ..Options::default()
    };
    lint(&Simulator::new(&inventory), &sources, &options).findings
}

fn secret(policy: ResourcePolicy) -> Secret {
    Secret {
        arn: Text::from("arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf"),
        name: "dev/db".into(),
        account: AccountId::parse("444455556666").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        tags: Tags::unstated(Origin::NOWHERE),
        key: KeyRef::Unknown(Hole::unstated()),
        policy,
        replicas: Listed::default(),
        deleted: Attribute::Absent,
        origin: Origin::NOWHERE,
    }
}

/// What is wrong with the answer to an example.
fn complaint(rule: &Rule, example: &Example) -> Option<String> {
    let findings = findings(rule, example);
    let of_rule = findings
        .iter()
        .filter(|finding| finding.rule.code == rule.code)
        .count();
    let others: Vec<_> = findings
        .iter()
        .filter(|finding| finding.rule.code != rule.code && finding.severity < Severity::Info)
        .filter(|finding| !example.also().any(|code| code == finding.rule.code))
        .map(|finding| format!("{} {}", finding.rule.code, finding.message))
        .collect();
    let wanted = usize::from(example.flagged);
    let word = if example.flagged {
        "flagged"
    } else {
        "accepted"
    };
    (of_rule != wanted || !others.is_empty()).then(|| {
        format!(
            "{} {word}: {of_rule} findings of it, others: {others:?}\n{}",
            rule.code, example.text
        )
    })
}

#[test]
fn every_example_of_a_policy_is_judged_as_on_its_page() {
    let (mut run, mut complaints) = (0, Vec::new());
    for rule in registry::rules() {
        for example in page::examples(rule) {
            if example.language == "json" {
                run += 1;
                complaints.extend(complaint(rule, &example));
            }
        }
    }
    println!("{run} examples of policies");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

const TYPES: [&str; 10] = [
    "identity", "boundary", "session", "resource", "secret", "trust", "key", "scp", "rcp",
    "endpoint",
];

fn policies() -> impl Iterator<Item = (&'static Rule, Example)> {
    let rules = registry::rules().iter().copied();
    rules
        .flat_map(|rule| {
            page::examples(rule)
                .into_iter()
                .map(move |example| (rule, example))
        })
        .filter(|(_, example)| example.language == "json")
}

/// Rules whose fix leads to another finding, which is an independent mistake.
const NEXT: [(&str, &str); 0] = [];

#[test]
fn a_fix_of_a_policy_leaves_no_mistake() {
    let (mut count, mut complaints) = (0, Vec::new());
    for (rule, example) in policies().filter(|(_, example)| example.flagged) {
        let word = example.words.first().unwrap().as_str();
        let before = findings(rule, &example);
        for finding in before.iter().filter(|own| own.rule == rule) {
            let Some(fix) = &finding.fix else { continue };
            assert!(rule.fix.is_some(), "{} has a fix", rule.code);
            count += 1;
            let mut text = document(&example);
            let mut edits: Vec<_> = fix.edits.iter().collect();
            edits.sort_by_key(|(origin, _)| std::cmp::Reverse(origin.span.start));
            for (origin, new) in edits {
                let span = origin.span.start as usize..origin.span.end as usize;
                text.replace_range(span, new);
            }
            let mut sources = SourceMap::default();
            let source = sources.add("policy.json", Shown::whole(text.as_str()));
            if let Err(error) = json::parse(source, &text) {
                complaints.push(format!("{}: {error:?}\n{text}", rule.code));
                continue;
            }
            let after = findings_in(rule, word, &text, |_| {});
            let is_known = |own: &Finding| {
                let mut known = before.iter().map(|own| own.rule.code);
                known.any(|code| code == own.rule.code)
                    || NEXT.contains(&(rule.code, own.rule.code))
            };
            let harm = after
                .iter()
                .filter(|own| own.severity < Severity::Info)
                .filter(|own| own.fingerprint == finding.fingerprint || !is_known(own));
            complaints.extend(harm.map(|own| {
                let (code, message) = (own.rule.code, &own.message);
                format!("{}: the fix leads to {code} {message}\n{text}", rule.code)
            }));
        }
    }
    println!("{count} fixes of policies");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn no_policy_of_any_type_makes_a_rule_fail() {
    for (rule, example) in policies() {
        for word in TYPES {
            for finding in findings_as(rule, &example, word, |text| text) {
                assert!(!finding.message.is_empty(), "{}", finding.rule.code);
                assert!(
                    finding.primary.origin.is_somewhere(),
                    "{}",
                    finding.rule.code
                );
            }
        }
    }
}

/// Values of conditions, and the texts of actions, resources and principals, each of which a plan may not know.
fn values<'n>(node: &'n mut Node, inside: bool, texts: &mut Vec<&'n mut Text>) {
    const PARTS: [&str; 7] = [
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    ];
    match &mut node.value {
        Value::String(scalar) if inside => texts.push(&mut scalar.text),
        Value::List(items) => {
            for item in items {
                values(item, inside, texts);
            }
        }
        Value::Map(members) => {
            for (key, value) in members {
                let name = key.as_str().unwrap_or_default();
                // Of a principal the readers know at least its shape.
                if name.ends_with("Principal") && value.as_map().is_none() {
                    continue;
                }
                let inside = inside || PARTS.contains(&name);
                values(value, inside, texts);
            }
        }
        _ => {}
    }
}

/// What is not known yet may turn out to be right: no rule that says what breaks or leaks may rest on it.
#[test]
fn a_value_that_is_not_known_is_no_mistake() {
    let (mut run, mut complaints) = (0, Vec::new());
    for (rule, example) in policies().filter(|(_, example)| !example.flagged) {
        let word = example.words.first().unwrap();
        let known = |findings: &[Finding]| -> Vec<&str> {
            findings.iter().map(|finding| finding.rule.code).collect()
        };
        let before = findings(rule, &example);
        for at in 0.. {
            let mut is_there = false;
            let mut shown = String::new();
            let after = findings_of(
                rule,
                &example,
                word,
                |text| text,
                |node| {
                    let mut all = Vec::new();
                    values(node, false, &mut all);
                    if let Some(text) = all.into_iter().nth(at) {
                        is_there = true;
                        shown = text.to_string();
                        *text = Text::hole("a value", HoleKind::Any);
                    }
                },
            );
            if !is_there {
                break;
            }
            run += 1;
            let new = after.iter().filter(|finding| {
                matches!(finding.rule.class, Class::Break | Class::Leak)
                    && finding.severity <= Severity::High
                    && !known(&before).contains(&finding.rule.code)
            });
            for finding in new {
                complaints.push(format!(
                    "{} speaks of `{shown}`, as if it were known, in the example of {}: {}",
                    finding.rule.code, rule.code, finding.message
                ));
            }
        }
    }
    println!("{run} values");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_fingerprint_survives_moving_and_reformatting() {
    let print = |findings: Vec<Finding>| {
        let mut prints: Vec<_> = findings
            .into_iter()
            .map(|finding| finding.fingerprint)
            .collect();
        prints.sort();
        prints
    };
    let spread = |text: String| format!("\n\n  {}", text.replace(", \"", ",\n        \""));
    let mut count = 0;
    for (rule, example) in policies() {
        let word = example.words.first().unwrap().clone();
        let own = print(findings(rule, &example));
        let moved = print(findings_as(rule, &example, &word, spread));
        assert_eq!(own, moved, "{}", example.text);
        let mut unique = own.clone();
        unique.dedup();
        assert_eq!(unique, own, "two of one fingerprint: {}", example.text);
        count += own.len();
    }
    assert!(count > 200, "{count}");
}

#[test]
fn every_page_has_its_parts_in_order() {
    for rule in registry::rules() {
        let sections = page::sections(rule);
        assert!(!sections[0].text.is_empty(), "{}: says nothing", rule.code);
        let headings: Vec<_> = sections[1..]
            .iter()
            .map(|section| section.heading.as_str())
            .collect();
        let known: Vec<_> = headings
            .iter()
            .map(|heading| HEADINGS.iter().position(|known| known == heading))
            .collect();
        assert!(
            known.iter().all(Option::is_some),
            "{}: {headings:?}",
            rule.code
        );
        assert!(known.is_sorted(), "{}: {headings:?}", rule.code);
        for heading in ["Why it matters", "Flagged", "Accepted", "References"] {
            assert!(headings.contains(&heading), "{}: no {heading}", rule.code);
        }
        assert_eq!(
            rule.fix.is_some(),
            headings.contains(&"Fix"),
            "{}: a fix has its words on the page",
            rule.code
        );
        let examples = page::examples(rule);
        assert!(
            examples.iter().any(|example| example.flagged),
            "{}: no example",
            rule.code
        );
        let text = |heading| {
            let mut own = sections.iter().filter(|own| own.heading == heading);
            own.next().map_or("", |own| own.text.as_str())
        };
        assert!(
            text("Accepted").contains("```"),
            "{}: no accepted text",
            rule.code
        );
        assert!(
            text("References").contains("<https://"),
            "{}: no reference",
            rule.code
        );
    }
}

/// Families and rules whose mistakes are seldom written in Terraform, and where they are written.
const WRITTEN_ELSEWHERE: [(&str, &str); 23] = [
    ("ACC", "the world file, which states the promises"),
    ("BND", "any file: the mistake is one of the text"),
    ("SPC", "manifests"),
    ("QUO", "documents too long for a page"),
    ("ESC118", "manifests: RBAC"),
    ("ESC119", "manifests: RBAC"),
    ("ESC120", "manifests: RBAC"),
    ("SCT111", "the class"),
    ("SCT113", "the class"),
    ("SCT114", "no file: somebody deleted the secret"),
    ("XAC103", "the class"),
    ("GRM101", JSON),
    ("GRM102", JSON),
    ("GRM103", JSON),
    ("GRM104", JSON),
    ("GRM106", JSON),
    ("GRM107", JSON),
    ("GRM108", JSON),
    ("GRM109", JSON),
    ("GRM111", JSON),
    ("GRM113", JSON),
    ("GRM114", JSON),
    ("GRM201", JSON),
];
const JSON: &str = "JSON text: `aws_iam_policy_document` writes or checks these elements";

/// Each page shows the mistake and the right text on the page, says what to change, and shows Terraform where the mistake is written in Terraform.
#[test]
fn every_page_shows_the_change() {
    let mut complaints = Vec::new();
    for rule in registry::rules() {
        let sections = page::sections(rule);
        let section = |heading: &str| {
            let mut own = sections.iter().filter(|own| own.heading == heading);
            own.next().map_or("", |own| own.text.as_str())
        };
        let mut complain = |what: &str| complaints.push(format!("{}: {what}", rule.code));
        let (before, _) = section("Accepted").split_once("```").unwrap_or_default();
        if !before.trim().ends_with(':') {
            complain("no sentence before the accepted text says what to change");
        }
        let why = section("Why it matters").split_whitespace();
        if why.filter(|word| word.ends_with('.')).count() < 2 {
            complain("one sentence is too short to say what happens and why it matters");
        }
        let examples = page::examples(rule);
        let mut flagged = examples.iter().filter(|own| own.flagged);
        let is_change = |text: &str| text.lines().any(|line| line.starts_with(['+', '-']));
        if !flagged.all(|own| own.language != "diff" || is_change(&own.text)) {
            complain("a flagged change changes nothing");
        }
        let mut accepted = examples.iter().filter(|own| !own.flagged);
        if !accepted.any(|own| own.language != "diff" && !own.text.trim().is_empty()) {
            complain("no accepted text");
        }
        let has_terraform = examples.iter().any(|own| own.language == "hcl");
        let is = |name: &str| WRITTEN_ELSEWHERE.iter().any(|(own, _)| *own == name);
        match (has_terraform, is(rule.code), is(rule.family())) {
            (true, true, false) => complain("it shows Terraform: take it off `WRITTEN_ELSEWHERE`"),
            (false, false, false) => complain("no Terraform"),
            _ => {}
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_printed_pages_are_up_to_date() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wanted = vec![("README.md".to_owned(), page::index(registry::rules()))];
    for rule in registry::rules() {
        let name = format!("{}-{}.md", rule.code, rule.name);
        wanted.push((name, page::markdown(rule)));
    }
    let printed = fs::read_dir(docs()).unwrap().map(|entry| entry.unwrap());
    for entry in printed.filter(|entry| entry.path().is_file()) {
        let name = entry.file_name().into_string().unwrap();
        if !wanted.iter().any(|(wanted, _)| *wanted == name) {
            assert!(update, "docs/rules/{name} belongs to no rule");
            fs::remove_file(entry.path()).unwrap();
        }
    }
    for (name, text) in wanted {
        let path = docs().join(&name);
        if update {
            fs::write(&path, text).unwrap();
            continue;
        }
        let old = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            old == text,
            "docs/rules/{name} is old: run the test with UPDATE=1"
        );
    }
}

/// Rules about documents that say access is refused, and whose example holds no request that is: AWS does not save the document
/// (GRM, ORG, QUO, VAR and some others), the example names no action that is asked, or it
/// names the unique id of a role, and requests do not state the id of their caller.
const WITHOUT_REQUEST: [&str; 49] = [
    "CAT106", "CAT109", "CAT112", "CAT120", "CND102", "CND104", "CND105", "CND108", "CND110",
    "CND115", "CND119", "CND132", "GRM101", "GRM102", "GRM103", "GRM104", "GRM106", "GRM107",
    "GRM109", "GRM110", "GRM111", "GRM112", "GRM113", "GRM201", "GRM203", "ORG104", "ORG106",
    "ORG107", "ORG108", "ORG109", "POD103", "POD111", "PRN104", "PRN107", "PRN110", "PRN111",
    "PRN112", "PRN113", "PRN114", "QUO101", "QUO102", "QUO103", "QUO104", "QUO105", "SCT123",
    "VAR102", "VAR103", "VAR104", "VAR106",
];

#[test]
fn what_is_refused_is_shown_by_a_request() {
    let mut without: Vec<&str> = Vec::new();
    for (rule, example) in policies() {
        let findings = findings(rule, &example);
        let own = findings
            .iter()
            .filter(|finding| finding.rule.code == rule.code);
        for finding in own.filter(|finding| finding.class == Class::Break) {
            match &finding.request {
                Some(proof) => assert!(!proof.allowed, "{}: {}", rule.code, proof.line()),
                None => without.push(rule.code),
            }
        }
    }
    without.dedup();
    assert_eq!(without, WITHOUT_REQUEST);
}
