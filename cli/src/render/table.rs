//! The stage table of `simulate` and the list of promises of `test`.

use super::{Style, line};
use policy_engine::{
    evaluator::{
        Verdict,
        explain::{Element, Miss},
    },
    policy::builtin::MANAGED_KEY_POLICY,
    simulator::{By, Stage, StageName, Walk},
    source::SourceMap,
    truth::Truth,
};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// A line of a table: padded cells, and a last cell without padding.
struct Row {
    cells: [String; 4],
    /// Whether the last cell is a place in a file.
    is_place: bool,
    result: String,
    details: Vec<String>,
}

/// The stages of a walk.
pub fn stages(walk: &Walk, object: &str, sources: &SourceMap, style: &Style) -> String {
    let rows: Vec<_> = walk
        .stages
        .iter()
        .enumerate()
        .map(|(at, stage)| row(at, stage, walk, object, sources, style))
        .collect();
    let head = Row {
        cells: [
            String::new(),
            "stage".into(),
            "asked".into(),
            "decided by".into(),
        ],
        is_place: false,
        result: "result".into(),
        details: Vec::new(),
    };
    let mut rows = rows;
    let mut widths = [0; 4];
    for cells in rows.iter().map(|row| &row.cells).chain([&head.cells]) {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.width());
        }
    }
    // Long paths lose their beginning, so that the results stay in view.
    let spare = style
        .width
        .saturating_sub(widths.iter().take(3).sum::<usize>() + 24)
        .max(30);
    if let Some(width) = widths.last_mut().filter(|width| **width > spare) {
        for row in &mut rows {
            let keep = if row.is_place { keep_end } else { keep_start };
            if let Some(cell) = row.cells.last_mut() {
                *cell = keep(cell, spare, style);
            }
        }
        *width = spare;
    }
    let mut text = String::new();
    for row in std::iter::once(&head).chain(&rows) {
        text.push_str("  ");
        for (cell, width) in row.cells.iter().zip(widths) {
            let _ = write!(
                text,
                "{cell}{}  ",
                " ".repeat(width.saturating_sub(cell.width()))
            );
        }
        let _ = writeln!(text, "{}", row.result);
        for detail in &row.details {
            let _ = writeln!(text, "{}{detail}", " ".repeat(widths[0] + widths[1] + 8));
        }
    }
    text
}

/// The beginning of a text that is too long.
fn keep_start(text: &str, width: usize, style: &Style) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let tail = style.mark("…", "..");
    let kept: String = text
        .chars()
        .take(width.saturating_sub(tail.chars().count()))
        .collect();
    format!("{}{tail}", kept.trim_end())
}

/// The end of a text that is too long.
fn keep_end(text: &str, width: usize, style: &Style) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    let lead = style.mark("…", "..");
    let kept: String = text
        .chars()
        .skip(count + lead.chars().count() - width)
        .collect();
    // A whole folder or file reads better than a part of its name.
    let kept = kept
        .find('/')
        .and_then(|slash| kept.get(slash..))
        .unwrap_or(&kept);
    format!("{lead}{kept}")
}

fn row(
    at: usize,
    stage: &Stage,
    walk: &Walk,
    object: &str,
    sources: &SourceMap,
    style: &Style,
) -> Row {
    let region = stage
        .region
        .as_ref()
        .map(|region| format!(" {region}"))
        .unwrap_or_default();
    Row {
        cells: [
            (at + 1).to_string(),
            line(&format!("{}{region}", stage.name)),
            line(&asked(stage, walk, object)),
            line(&decided_by(stage, sources)),
        ],
        is_place: stage
            .by
            .as_ref()
            .is_some_and(|by| place(by, sources).is_some()),
        result: result(stage, style),
        details: details(stage, style),
    }
}

fn asked(stage: &Stage, walk: &Walk, object: &str) -> String {
    let short = |action: &String| action.split(':').nth(1).unwrap_or(action).to_owned();
    let actions = stage.asked.iter().map(short).collect::<Vec<_>>().join(", ");
    match stage.name {
        StageName::Class | StageName::Association => stage.asked.join(", "),
        StageName::Trust | StageName::Chain if !stage.calls.is_empty() => actions,
        StageName::Trust | StageName::Chain => stage.asked.join(", "),
        StageName::Scp | StageName::Rcp => match levels(stage, walk) {
            0 => actions,
            count => format!("{count} policies"),
        },
        StageName::Key => format!("{actions}  {}", stage.note.as_deref().unwrap_or(""))
            .trim_end()
            .to_owned(),
        _ => format!("{actions}  {object}"),
    }
}

/// The number of policies of an organization stage.
fn levels(stage: &Stage, walk: &Walk) -> usize {
    let call = stage
        .calls
        .first()
        .and_then(|number| walk.calls.get(*number));
    let sets = call
        .zip(stage.name.side())
        .map(|(call, side)| call.explanation.of(side));
    sets.map_or(0, |sets| sets.map(|set| set.documents.len()).sum())
}

/// `terraform/shop/pods.tf:24`, or the name of the deciding policy.
pub fn decided_by(stage: &Stage, sources: &SourceMap) -> String {
    let Some(by) = &stage.by else {
        return String::new();
    };
    place(by, sources).unwrap_or_else(|| match (&by.policy, stage.name) {
        (_, StageName::Scp | StageName::Rcp) => "organization".to_owned(),
        (Some(policy), _) if policy.starts_with(MANAGED_KEY_POLICY) => "AWS managed key".to_owned(),
        (Some(policy), _) => policy.to_string(),
        (None, _) => String::new(),
    })
}

fn place(by: &By, sources: &SourceMap) -> Option<String> {
    let position = sources.position(by.origin)?;
    Some(format!(
        "{}:{}",
        sources.name(by.origin.source),
        position.line
    ))
}

fn result(stage: &Stage, style: &Style) -> String {
    let word = match (stage.name, stage.result) {
        (StageName::Class, Verdict::Allow) => "valid".to_owned(),
        (StageName::Association, Verdict::Allow) => {
            stage.note.clone().unwrap_or_else(|| "allow".to_owned())
        }
        (_, verdict) => verdict_word(verdict).to_owned(),
    };
    let (mark, color) = match stage.result {
        Verdict::Allow => (style.mark("✓", "+"), "32"),
        Verdict::NotNeeded => (style.mark("−", "-"), "2"),
        Verdict::Unknown => ("?", "33"),
        Verdict::Refuse | Verdict::Deny => (style.mark("✗", "x"), "31"),
    };
    style.paint(color, &format!("{mark} {}", line(&word)))
}

/// A result as people read it; in JSON a missing Allow is `refuse`.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::NotNeeded => "not needed",
        Verdict::Unknown => "unknown",
        Verdict::Refuse => "not allowed",
        Verdict::Deny => "deny",
    }
}

fn details(stage: &Stage, style: &Style) -> Vec<String> {
    let mut details = Vec::new();
    if stage.fault.is_some() || stage.result == Verdict::Unknown {
        details.extend(stage.note.as_deref().map(line));
        details.extend(
            stage
                .unknown
                .iter()
                .map(|name| format!("missing: {}", line(name))),
        );
    }
    if stage.result == Verdict::Refuse {
        details.extend(
            stage
                .missed
                .iter()
                .filter(|miss| miss.truth == Truth::False)
                .map(|miss| missed(miss, style)),
        );
    }
    details
}

/// `ResourceTag/team  "a"  ≠  "b"`
fn missed(miss: &Miss, style: &Style) -> String {
    let quote = |values: &[String]| match values {
        [] => "absent".to_owned(),
        values => values
            .iter()
            .map(|value| format!("\"{value}\""))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let unequal = style.mark("≠", "!=");
    let operator = miss.operator.as_deref().unwrap_or("");
    let sign = if matches!(
        operator,
        "StringEquals" | "StringLike" | "ArnEquals" | "ArnLike"
    ) {
        unequal
    } else {
        operator
    };
    let name = match miss.element {
        Element::Action => "Action",
        Element::Resource => "Resource",
        Element::Principal => "Principal",
        Element::Condition(_) => miss.key.as_deref().unwrap_or("Condition"),
    };
    let sign = if matches!(miss.element, Element::Condition(_)) {
        sign
    } else {
        unequal
    };
    let absent = miss
        .unresolved
        .first()
        .map(|(name, _)| format!("  ({name} is absent)"))
        .unwrap_or_default();
    line(&format!(
        "{name}  {}  {sign}  {}{absent}",
        quote(&miss.actual),
        quote(&miss.wanted)
    ))
}

/// The session's tags in one line; with `--verbose` all of them.
pub fn session(walk: &Walk, style: &Style) -> Option<String> {
    let session = walk.session.as_ref()?;
    let known: Vec<_> = session
        .tags
        .iter()
        .filter(|(_, value)| !value.starts_with('<'))
        .collect();
    let shown = if style.verbose { session.tags.len() } else { 3 };
    let first: Vec<&(String, String)> = if style.verbose {
        session.tags.iter().collect()
    } else {
        known
    };
    let tags: Vec<_> = first
        .iter()
        .filter(|(key, _)| style.verbose || key != "eks-cluster-arn")
        .take(shown)
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let hidden = session.tags.len().saturating_sub(tags.len());
    let more = if hidden > 0 {
        format!("  ({hidden} more: --verbose)")
    } else {
        String::new()
    };
    if tags.is_empty() {
        return Some("session  no tags".to_owned());
    }
    Some(line(&format!("session  {}{more}", tags.join("  "))))
}
