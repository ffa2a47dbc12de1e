//! SARIF 2.1.0: for code scanning and editors.

mod line_hash;

use crate::{
    issue::{Issue, Place, State, place},
    report::{Report, level},
    rulebook::{RuleInfo, Severity},
};
use line_hash::LineHashes;
use policy_engine::source::Origin;
use serde_json::{Value, json};

/// How many results GitHub shows of a run.
const SHOWN: usize = 5_000;

/// The report as SARIF; the most severe findings come first, because scanners show only a part of many results.
pub fn sarif(report: &Report) -> String {
    let rules = report.rules();
    let mut issues: Vec<&Issue> = report.issues.iter().collect();
    issues.sort_by_key(|issue| (issue.severity, !issue.is_active()));
    let mut hashes = LineHashes::default();
    let results: Vec<Value> = issues
        .iter()
        .map(|issue| result(report, &rules, issue, &mut hashes))
        .collect();
    let properties = (issues.len() > SHOWN).then(|| {
        let note = format!("{} results; GitHub shows the first {SHOWN}", issues.len());
        json!({ "note": note })
    });
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ascp-policy",
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(descriptor).collect::<Value>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(report),
            }],
            "results": results,
            "properties": properties,
        }],
    });
    let text = serde_json::to_string_pretty(&without_nulls(sarif)).unwrap_or_default();
    super::escape(&format!("{text}\n"))
}

/// A value without its null members, which SARIF does not allow.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// Undecided mounts and inputs that were not read: they are no results, and the run is incomplete without them.
fn notifications(report: &Report) -> Vec<Value> {
    let notification = |id: &str, text: String, location: Option<Value>| {
        json!({
            "descriptor": { "id": id },
            "level": "warning",
            "message": message(&text),
            "locations": location.map(|location| [location]),
        })
    };
    let undecided = report.undecided.iter().map(|(world, mount)| {
        let place = place(&report.sources, *world, mount.origin);
        let location = place.map(|place| location(&place, "mounted here"));
        let text = format!(
            "it is unknown whether {} can read `{}`; missing: {}",
            mount.pod,
            mount.object,
            mount.missing.join(", ")
        );
        notification("undecided", text, location)
    });
    let unread = report.unread().into_iter().map(|file| {
        let why = file.why.as_deref().unwrap_or_default();
        let location = json!({ "physicalLocation": { "artifactLocation": artifact(&file.name) } });
        notification("not-read", format!("{}: {why}", file.name), Some(location))
    });
    let warnings = report.warnings.iter();
    let warnings = warnings.map(|warning| notification("warning", warning.clone(), None));
    undecided.chain(unread).chain(warnings).collect()
}

fn descriptor(rule: &RuleInfo) -> Value {
    // GitHub ranks results by this number, if the rule has the tag `security`.
    let number = match rule.severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("3.0"),
        Severity::Info => None,
    };
    let precision = match rule.confidence() {
        "high" => "very-high",
        "medium" => "high",
        _ => "medium",
    };
    let mut tags = vec![rule.class.word()];
    if number.is_some() {
        tags.push("security");
    }
    let page = rule.page();
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": message(rule.name),
        "fullDescription": message(&rule.summary()),
        "help": { "text": page, "markdown": page },
        "helpUri": rule.url(),
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "security-severity": number,
            "precision": precision,
            "aws": (!rule.aws.is_empty()).then_some(rule.aws),
            "tags": tags,
        },
    })
}

fn message(text: &str) -> Value {
    json!({ "text": text })
}

fn result(report: &Report, rules: &[RuleInfo], issue: &Issue, hashes: &mut LineHashes) -> Value {
    let places = issue.places(&report.sources);
    let mut locations = places.iter().map(|(place, label)| location(place, label));
    let main = locations.next().unwrap_or_else(nowhere);
    let related: Vec<Value> = locations
        .enumerate()
        .map(|(number, mut location)| {
            if let Some(members) = location.as_object_mut() {
                members.insert("id".to_owned(), json!(number + 1));
            }
            location
        })
        .collect();
    let mut text = issue.message.clone();
    for note in &issue.notes {
        text.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = &issue.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    json!({
        "ruleId": issue.rule.code,
        "ruleIndex": rules.iter().position(|rule| rule.code == issue.rule.code),
        "level": level(issue.severity),
        "message": message(&text),
        "locations": [main],
        "codeFlows": flow(&places),
        "relatedLocations": (!related.is_empty()).then_some(related),
        "partialFingerprints": {
            "ascpPolicy/v1": issue.fingerprint,
            "primaryLocationLineHash": hashes.of(report, issue),
        },
        "suppressions": suppressions(&issue.state),
        "fixes": fixes(report, issue),
        "properties": {
            "object": issue.object,
            "class": issue.class.word(),
            "severity": issue.severity.word(),
        },
    })
}

/// The location of a finding without a place: code scanners require a location.
fn nowhere() -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(crate::config::FILE),
        "region": { "startLine": 1 },
    } })
}

fn artifact(file: &str) -> Value {
    json!({ "uri": percent_encoding::utf8_percent_encode(file, PATH).to_string() })
}

/// The characters that a path of a URI escapes.
const PATH: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

fn region(place: &Place) -> Value {
    let at = place.position;
    json!({
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    })
}

fn location(place: &Place, label: &str) -> Value {
    let logical = place.address.as_ref();
    let logical =
        logical.map(|address| json!([{ "fullyQualifiedName": address, "kind": "resource" }]));
    json!({
        "logicalLocations": logical,
        "message": (!label.is_empty()).then(|| message(label)),
        "physicalLocation": {
            "artifactLocation": artifact(&place.file),
            "region": region(place),
        },
    })
}

/// The path from the use to the cause: the related places, then the primary place.
fn flow(places: &[(Place, String)]) -> Option<Value> {
    let (main, related) = places.split_first()?;
    if related.is_empty() {
        return None;
    }
    let steps = related.iter().rev().chain(std::iter::once(main));
    let locations: Vec<Value> = steps
        .map(|(place, label)| json!({ "location": location(place, label) }))
        .collect();
    Some(json!([{ "threadFlows": [{ "locations": locations }] }]))
}

fn suppressions(state: &State) -> Value {
    match state {
        State::Active => json!([]),
        State::Baselined => json!([{
            "kind": "external",
            "justification": "accepted by the baseline",
        }]),
        State::Suppressed(exception) => json!([{
            "kind": if exception.in_source { "inSource" } else { "external" },
            "justification": exception.reason,
        }]),
    }
}

fn fixes(report: &Report, issue: &Issue) -> Option<Value> {
    let fix = issue.fix.as_ref()?;
    let mut changes: Vec<(String, Vec<Value>)> = Vec::new();
    for (origin, text) in &fix.edits {
        let place = edited(report, issue, *origin)?;
        let source = report.sources.get(issue.world)?.get(origin.source)?;
        let text = crate::fix::place::written(source, origin.span, text)?;
        let replacement = json!({
            "deletedRegion": region(&place),
            "insertedContent": { "text": text },
        });
        match changes.iter_mut().find(|(file, _)| *file == place.file) {
            Some((_, replacements)) => replacements.push(replacement),
            None => changes.push((place.file, vec![replacement])),
        }
    }
    if changes.is_empty() {
        return None;
    }
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(file, replacements)| {
            json!({ "artifactLocation": artifact(&file), "replacements": replacements })
        })
        .collect();
    let description = message(&format!("{} fix", fix.grade.word()));
    Some(json!([{ "description": description, "artifactChanges": changes }]))
}

fn edited(report: &Report, issue: &Issue, origin: Origin) -> Option<Place> {
    // Exports and Terraform are changed at their origin.
    crate::fix::editable(report, report.sources.get(issue.world)?, origin)?;
    place(&report.sources, issue.world, origin)
}
