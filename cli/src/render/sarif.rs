//! SARIF 2.1.0: for code scanning and editors.

use crate::{
    issue::{Issue, Place, State, place},
    report::{Report, level},
    rulebook::{Class, RuleInfo, Severity},
};
use policy_engine::source::Origin;
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, CodeFlow, Fix, Location, LogicalLocation,
    Message, MultiformatMessageString, PhysicalLocation, PropertyBag, Region, Replacement,
    ReportingConfiguration, ReportingDescriptor, Result as SarifResult, ResultLevel, Run, Sarif,
    Suppression, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent,
};
use std::collections::BTreeMap;

/// How many results GitHub shows of a run.
const SHOWN: usize = 5_000;

/// The report as SARIF; the worst findings come first, since scanners show only so many.
pub fn sarif(report: &Report) -> String {
    let rules = report.rules();
    let mut issues: Vec<&Issue> = report.issues.iter().collect();
    issues.sort_by_key(|issue| (issue.severity, !issue.is_active()));
    let results = issues.iter().map(|issue| result(report, &rules, issue));
    let mut properties = BTreeMap::new();
    if issues.len() > SHOWN {
        properties.insert(
            "note".to_owned(),
            json!(format!(
                "{} results; GitHub shows the first {SHOWN}",
                issues.len()
            )),
        );
    }
    let driver = ToolComponent {
        information_uri: Some(env!("CARGO_PKG_REPOSITORY").to_owned()),
        semantic_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        rules: Some(rules.iter().map(descriptor).collect()),
        ..ToolComponent::builder().name("ascp-policy").build()
    };
    let run = Run {
        column_kind: Some(json!("unicodeCodePoints")),
        results: Some(results.collect()),
        properties: bag(properties),
        ..Run::builder()
            .tool(Tool::builder().driver(driver).build())
            .build()
    };
    let sarif = Sarif {
        schema: Some("https://json.schemastore.org/sarif-2.1.0.json".to_owned()),
        ..Sarif::builder().runs(vec![run]).version("2.1.0").build()
    };
    let text = serde_json::to_string_pretty(&sarif).unwrap_or_default();
    super::escape(&format!("{text}\n"))
}

fn descriptor(rule: &RuleInfo) -> ReportingDescriptor {
    let mut properties = BTreeMap::new();
    // GitHub sorts by this number, and means security by it: only leaks have one.
    let number = match rule.severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("3.0"),
        Severity::Info => None,
    };
    if let Some(number) = number.filter(|_| rule.class == Class::Leak) {
        properties.insert("security-severity".to_owned(), json!(number));
    }
    properties.insert(
        "precision".to_owned(),
        json!(match rule.confidence() {
            "high" => "very-high",
            "medium" => "high",
            _ => "medium",
        }),
    );
    if !rule.aws.is_empty() {
        properties.insert("aws".to_owned(), json!(rule.aws));
    }
    let mut tags = vec![rule.class.word().to_owned()];
    if rule.class == Class::Leak {
        tags.push("security".to_owned());
    }
    let page = rule.page();
    ReportingDescriptor {
        name: Some(rule.name.to_owned()),
        short_description: Some(multiformat(rule.name, None)),
        full_description: Some(multiformat(&rule.summary(), None)),
        help: Some(multiformat(&page, Some(&page))),
        help_uri: Some(rule.url()),
        default_configuration: Some(ReportingConfiguration {
            level: Some(json!(level(rule.severity))),
            ..ReportingConfiguration::default()
        }),
        properties: Some(PropertyBag {
            tags: Some(tags),
            additional_properties: properties,
        }),
        ..ReportingDescriptor::builder().id(rule.code).build()
    }
}

fn multiformat(text: &str, markdown: Option<&str>) -> MultiformatMessageString {
    MultiformatMessageString {
        markdown: markdown.map(str::to_owned),
        ..MultiformatMessageString::builder().text(text).build()
    }
}

fn bag(properties: BTreeMap<String, Value>) -> Option<PropertyBag> {
    (!properties.is_empty()).then_some(PropertyBag {
        tags: None,
        additional_properties: properties,
    })
}

fn message(text: &str) -> Message {
    Message {
        text: Some(text.to_owned()),
        ..Message::default()
    }
}

fn result(report: &Report, rules: &[RuleInfo], issue: &Issue) -> SarifResult {
    let places = issue.places(&report.sources);
    let mut locations = places.iter().map(|(place, label)| location(place, label));
    let main = locations.next().unwrap_or_else(nowhere);
    let related: Vec<_> = locations
        .enumerate()
        .map(|(number, location)| Location {
            id: i64::try_from(number + 1).ok(),
            ..location
        })
        .collect();
    let mut text = issue.message.clone();
    for note in &issue.notes {
        text.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = &issue.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    let mut properties = BTreeMap::new();
    properties.insert("object".to_owned(), json!(issue.object));
    properties.insert("class".to_owned(), json!(issue.class.word()));
    properties.insert("severity".to_owned(), json!(issue.severity.word()));
    SarifResult {
        rule_id: Some(issue.rule.code.to_owned()),
        rule_index: rules
            .iter()
            .position(|rule| rule.code == issue.rule.code)
            .and_then(|at| i64::try_from(at).ok()),
        level: Some(match level(issue.severity) {
            "error" => ResultLevel::Error,
            "warning" => ResultLevel::Warning,
            _ => ResultLevel::Note,
        }),
        locations: Some(vec![main]),
        code_flows: flow(&places),
        related_locations: (!related.is_empty()).then_some(related),
        partial_fingerprints: Some(BTreeMap::from([(
            "ascpPolicy/v1".to_owned(),
            issue.fingerprint.clone(),
        )])),
        suppressions: Some(suppressions(&issue.state)),
        fixes: fixes(report, issue),
        properties: bag(properties),
        ..SarifResult::builder().message(message(&text)).build()
    }
}

/// The location of a finding without a place: code scanners require a location.
fn nowhere() -> Location {
    Location {
        physical_location: Some(PhysicalLocation {
            artifact_location: Some(artifact(crate::config::FILE)),
            region: Some(Region {
                start_line: Some(1),
                ..Region::default()
            }),
            ..PhysicalLocation::default()
        }),
        ..Location::default()
    }
}

fn artifact(file: &str) -> ArtifactLocation {
    let encoded = percent_encoding::utf8_percent_encode(file, PATH).to_string();
    ArtifactLocation {
        uri: Some(encoded),
        ..ArtifactLocation::default()
    }
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

fn region(place: &Place) -> Region {
    let at = place.position;
    Region {
        start_line: Some(i64::from(at.line)),
        start_column: Some(i64::from(at.column)),
        end_line: Some(i64::from(at.end_line)),
        end_column: Some(i64::from(at.end_column)),
        ..Region::default()
    }
}

fn location(place: &Place, label: &str) -> Location {
    let logical = place.address.as_ref().map(|address| {
        vec![LogicalLocation {
            fully_qualified_name: Some(address.clone()),
            kind: Some("resource".to_owned()),
            ..LogicalLocation::default()
        }]
    });
    Location {
        logical_locations: logical,
        message: (!label.is_empty()).then(|| message(label)),
        physical_location: Some(PhysicalLocation {
            artifact_location: Some(artifact(&place.file)),
            region: Some(region(place)),
            ..PhysicalLocation::default()
        }),
        ..Location::default()
    }
}

/// The path from the use to the cause: the related places, then the primary place.
fn flow(places: &[(Place, String)]) -> Option<Vec<CodeFlow>> {
    let (main, related) = places.split_first()?;
    if related.is_empty() {
        return None;
    }
    let steps = related.iter().rev().chain(std::iter::once(main));
    let locations = steps.map(|(place, label)| ThreadFlowLocation {
        location: Some(location(place, label)),
        ..ThreadFlowLocation::default()
    });
    let locations: Vec<_> = locations.collect();
    let flow = ThreadFlow::builder().locations(locations).build();
    Some(vec![CodeFlow::builder().thread_flows(vec![flow]).build()])
}

fn suppressions(state: &State) -> Vec<Suppression> {
    match state {
        State::Active => Vec::new(),
        State::Baselined => vec![Suppression {
            justification: Some("known before: it is in the baseline".to_owned()),
            ..Suppression::builder().kind("external").build()
        }],
        State::Suppressed(exception) => {
            let kind = if exception.in_source {
                "inSource"
            } else {
                "external"
            };
            vec![Suppression {
                justification: exception.reason.clone(),
                ..Suppression::builder().kind(kind).build()
            }]
        }
    }
}

fn fixes(report: &Report, issue: &Issue) -> Option<Vec<Fix>> {
    let fix = issue.fix.as_ref()?;
    let mut changes: Vec<ArtifactChange> = Vec::new();
    for (origin, text) in &fix.edits {
        let place = edited(report, issue, *origin)?;
        let replacement = Replacement {
            inserted_content: Some(ArtifactContent {
                text: Some(text.clone()),
                ..ArtifactContent::default()
            }),
            ..Replacement::builder()
                .deleted_region(region(&place))
                .build()
        };
        let artifact = artifact(&place.file);
        match changes
            .iter_mut()
            .find(|change| change.artifact_location == artifact)
        {
            Some(change) => change.replacements.push(replacement),
            None => changes.push(
                ArtifactChange::builder()
                    .artifact_location(artifact)
                    .replacements(vec![replacement])
                    .build(),
            ),
        }
    }
    (!changes.is_empty()).then(|| {
        vec![Fix {
            description: Some(message(&format!("{} fix", fix.grade.word()))),
            ..Fix::builder().artifact_changes(changes).build()
        }]
    })
}

fn edited(report: &Report, issue: &Issue, origin: Origin) -> Option<Place> {
    // Exports and Terraform are changed at their origin.
    crate::fix::editable(report, report.sources.get(issue.world)?, origin)?;
    place(&report.sources, issue.world, origin)
}
