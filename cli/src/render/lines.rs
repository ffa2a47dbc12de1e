//! Formats with a line or a small element per finding: for `grep`, for the logs of CI systems, and Markdown.

use super::{line, lines, xml};
use crate::{
    issue::{Issue, Place, State},
    report::{Report, count, level},
    rulebook::Severity,
};
use serde_json::json;
use std::collections::HashMap;

/// `file:line:col: CODE[severity] message`
pub fn concise(report: &Report) -> String {
    report
        .active()
        .map(|issue| {
            let place = issue.place(&report.sources);
            let at = place.map_or_else(
                || "-".to_owned(),
                |place| {
                    format!(
                        "{}:{}:{}",
                        place.file, place.position.line, place.position.column
                    )
                },
            );
            let message = line(&issue.message);
            format!(
                "{}: {}[{}] {message}\n",
                line(&at),
                issue.rule.code,
                issue.severity.word()
            )
        })
        .collect()
}

/// Commands that GitHub shows as annotations; it shows ten per level and step, so the count follows.
pub fn github(report: &Report) -> String {
    let mut text = String::new();
    // The most severe first: GitHub may not show the last ones.
    let mut issues: Vec<&Issue> = report.active().collect();
    issues.sort_by_key(|issue| issue.severity);
    for issue in issues {
        let word = match level(issue.severity) {
            "note" => "notice",
            other => other,
        };
        let mut properties = Vec::new();
        if let Some(place) = issue.place(&report.sources) {
            let at = place.position;
            properties.push(format!("file={}", property(&place.file)));
            properties.push(format!("line={}", at.line));
            properties.push(format!("endLine={}", at.end_line));
            if at.line == at.end_line {
                properties.push(format!("col={}", at.column));
                properties.push(format!("endColumn={}", at.end_column));
            }
        }
        let title = format!("{} {}", issue.rule.code, issue.rule.name);
        properties.push(format!("title={}", property(&title)));
        let mut message = line(&issue.message);
        if let Some(help) = &issue.help {
            let help: Vec<_> = lines(help).collect();
            message.push_str(&format!("\nhelp: {}", help.join("\n")));
        }
        text.push_str(&format!(
            "::{word} {}::{}\n",
            properties.join(","),
            data(&message)
        ));
    }
    for remark in report.remarks() {
        text.push_str(&format!(
            "::warning title=ascp-policy::{}\n",
            data(&line(&remark))
        ));
    }
    let active = report.active().count();
    if active > 0 {
        text.push_str(&format!(
            "::notice title=ascp-policy::{}\n",
            count(active, "finding")
        ));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&line(text)).replace(':', "%3A").replace(',', "%2C")
}

/// GitLab's Code Quality report.
pub fn gitlab(report: &Report) -> String {
    let items: Vec<_> = report
        .active()
        .filter_map(|issue| {
            let place = issue.place(&report.sources)?;
            let severity = match issue.severity {
                Severity::Critical => "blocker",
                Severity::High => "critical",
                Severity::Medium => "major",
                Severity::Low => "minor",
                Severity::Info => "info",
            };
            Some(json!({
                "description": format!("{}: {}", issue.rule.name, issue.message),
                "check_name": issue.rule.code,
                "fingerprint": issue.fingerprint,
                "severity": severity,
                "location": { "path": place.file, "lines": { "begin": place.position.line, "end": place.position.end_line } },
            }))
        })
        .collect();
    super::escape(&format!("{:#}\n", serde_json::Value::Array(items)))
}

/// The report of Checkstyle.
pub fn checkstyle(report: &Report) -> String {
    type Placed<'i> = (&'i Issue, Option<Place>);
    let mut files: Vec<(String, Vec<Placed<'_>>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for issue in report.active() {
        let place = issue.place(&report.sources);
        let name = place
            .as_ref()
            .map(|place| place.file.clone())
            .unwrap_or_default();
        let at = *known.entry(name.clone()).or_insert_with(|| {
            files.push((name, Vec::new()));
            files.len() - 1
        });
        if let Some((_, issues)) = files.get_mut(at) {
            issues.push((issue, place));
        }
    }
    let mut text =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n");
    for (file, issues) in files {
        text.push_str(&format!("  <file name=\"{}\">\n", xml(&line(&file))));
        for (issue, place) in issues {
            let severity = match level(issue.severity) {
                "note" => "info",
                other => other,
            };
            let (row, column) =
                place.map_or((0, 0), |place| (place.position.line, place.position.column));
            let message = line(&format!("{}: {}", issue.rule.name, issue.message));
            text.push_str(&format!(
                "    <error line=\"{row}\" column=\"{column}\" severity=\"{severity}\" message=\"{}\" source=\"ascp-policy.{}\"/>\n",
                xml(&message),
                issue.rule.code
            ));
        }
        text.push_str("  </file>\n");
    }
    text + "</checkstyle>\n"
}

/// Markdown for a comment on a pull request or the summary of a job.
pub fn markdown(report: &Report) -> String {
    let active: Vec<&Issue> = report.active().collect();
    let (suppressed, baselined) = report.silent();
    let mut text = format!("### ascp-policy: {}\n\n", count(active.len(), "finding"));
    if !active.is_empty() {
        text.push_str("| | finding | object | place |\n| --- | --- | --- | --- |\n");
    }
    let mut sorted = active.clone();
    sorted.sort_by_key(|issue| issue.severity);
    for issue in &sorted {
        let place = issue
            .place(&report.sources)
            .map_or_else(String::new, |place| {
                code(&format!("{}:{}", place.file, place.position.line))
            });
        text.push_str(&format!(
            "| {} | [{}]({}) {} | {} | {place} |\n",
            issue.severity.word(),
            issue.rule.code,
            issue.rule.url(),
            issue.rule.name,
            code(&issue.object)
        ));
    }
    for issue in &sorted {
        text.push_str(&format!(
            "\n<details><summary>{} {}: {}</summary>\n\n",
            issue.rule.code,
            issue.rule.name,
            cell(&issue.message)
        ));
        for (place, label) in issue.places(&report.sources) {
            let at = code(&format!(
                "{}:{}:{}",
                place.file, place.position.line, place.position.column
            ));
            let address = place
                .address
                .map_or_else(String::new, |address| format!(" {}", code(&address)));
            let label = Some(cell(&label)).filter(|label| !label.is_empty());
            text.push_str(&format!(
                "* {at}{address}{}\n",
                label.map_or_else(String::new, |label| format!(": {label}"))
            ));
        }
        for note in &issue.notes {
            text.push_str(&format!("* note: {}\n", cell(note)));
        }
        if let Some(help) = &issue.help {
            text.push_str(&advice(help));
        }
        text.push_str("\n</details>\n");
    }
    let counts = report.counts;
    text.push_str(&format!(
        "\n{} of {} work",
        counts.working,
        count(counts.mounts, "mount")
    ));
    if !report.undecided.is_empty() {
        text.push_str(&format!(", {} undecided", report.undecided.len()));
    }
    text.push_str(&format!(
        "; {}, {}.",
        count(counts.pods, "pod"),
        count(counts.objects, "object")
    ));
    if suppressed + baselined > 0 {
        text.push_str(&format!(
            " {suppressed} suppressed, {baselined} in the baseline."
        ));
    }
    text.push('\n');
    for remark in report.remarks() {
        text.push_str(&format!("\n* {}\n", cell(&remark)));
    }
    text
}

/// Text that cannot leave its cell, nor be markup.
fn cell(text: &str) -> String {
    let mut safe = String::new();
    for character in line(text).chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            // Markdown would turn these into mentions and links.
            '@' | '|' | '*' | '_' | '[' | ']' | '#' | '!' | '~' | '\\' => {
                safe.push('\\');
                safe.push(character);
            }
            other => safe.push(other),
        }
    }
    safe
}

/// A help as an item of a list, with its block as code.
fn advice(help: &str) -> String {
    let (first, block) = match help.split_once('\n') {
        Some((first, block)) => (first, Some(block)),
        None => (help, None),
    };
    let mut text = format!("* help: {}\n", cell(first));
    if let Some(block) = block {
        let block = lines(block).map(|own| format!("  {}\n", own.replace('`', "'")));
        let block: String = block.collect();
        text.push_str(&format!("\n  ```hcl\n{block}  ```\n"));
    }
    text
}

/// Text as code, without backticks inside.
fn code(text: &str) -> String {
    let safe = line(text).replace('`', "'").replace('|', "\\|");
    format!("`{safe}`")
}

/// The findings that are not reported, for `--show-suppressed`.
pub fn silent(report: &Report) -> String {
    let mut text = String::new();
    for issue in &report.issues {
        let why = match &issue.state {
            State::Active => continue,
            State::Baselined => "in the baseline".to_owned(),
            State::Suppressed(exception) => {
                let reason = exception.reason.as_deref().unwrap_or("no reason");
                format!("{} ({})", line(reason), line(&exception.place))
            }
        };
        let place = issue
            .place(&report.sources)
            .map_or_else(String::new, |place| {
                format!("{}:{}: ", line(&place.file), place.position.line)
            });
        text.push_str(&format!(
            "suppressed  {place}{} {}: {}  {why}\n",
            issue.rule.code,
            issue.rule.name,
            line(&issue.message)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25␊");
        assert_eq!(data("50%\nx"), "50%25%0Ax");
        assert_eq!(cell("<b>@a|`x`"), "&lt;b>\\@a\\|`x`");
        assert_eq!(code("a`b|c"), "`a'b\\|c`");
    }
}
