//! Applies fixes in memory, checks the result, and takes back a fix that makes it worse.

pub mod place;

use crate::{issue::Issue, output, report::Report};
use loader::{Kind, Overlay};
use policy_engine::source::{Origin, SourceMap, Span};
use rules::finding::{Fix, Grade};
use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

/// The largest file that is changed; readers take no larger one.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// How often fixes are applied and the result is judged again.
const MAX_ROUNDS: usize = 10;

/// The result of fixing.
#[derive(Debug, Default)]
pub struct Fixed {
    /// New texts of files.
    pub overlay: Overlay,
    /// The texts before.
    pub before: BTreeMap<PathBuf, String>,
    /// How many fixes were applied.
    pub applied: usize,
    /// Fixes that were taken back, and why.
    pub rolled_back: Vec<String>,
    /// Findings that are left without a fix: each with the reason.
    pub left: Vec<String>,
}

/// A fix that can be applied.
struct Candidate {
    fingerprint: String,
    title: String,
    edits: Vec<(PathBuf, Span, String)>,
}

/// Applies all fixes up to a grade; `judge` reads and judges the world with some files replaced.
pub fn fix<E>(
    grade: Grade,
    mut judge: impl FnMut(&Overlay) -> Result<Report, E>,
) -> Result<(Fixed, Report), E> {
    let mut fixed = Fixed::default();
    let mut report = judge(&fixed.overlay)?;
    let mut refused: HashSet<String> = HashSet::new();
    for _ in 0..MAX_ROUNDS {
        let mut candidates = candidates(&report, grade);
        candidates.retain(|candidate| !refused.contains(&candidate.fingerprint));
        if candidates.is_empty() {
            break;
        }
        let all: Vec<&Candidate> = candidates.iter().collect();
        let (overlay, applied) = apply(&fixed, &all);
        if let Ok(after) = judge(&overlay)
            && worse(&report, &after).is_none()
            && applied.len() == all.len()
        {
            fixed.applied += applied.len();
            remember(&mut fixed, overlay);
            report = after;
            continue;
        }
        // Each fix alone, to find the harmful one.
        for candidate in all {
            let (overlay, applied) = apply(&fixed, &[candidate]);
            if applied.is_empty() {
                refused.insert(candidate.fingerprint.clone());
                continue;
            }
            let judged = judge(&overlay).ok();
            // A file that can no longer be read is the worst that a fix can do.
            let harm = match &judged {
                Some(after) => worse(&report, after),
                None => Some("a file that cannot be read".to_owned()),
            };
            let (None, Some(after)) = (&harm, judged) else {
                refused.insert(candidate.fingerprint.clone());
                let harm = harm.unwrap_or_default();
                fixed
                    .rolled_back
                    .push(format!("{}: the fix would lead to {harm}", candidate.title));
                continue;
            };
            fixed.applied += 1;
            remember(&mut fixed, overlay);
            report = after;
            // Places have moved.
            break;
        }
    }
    let left = report.active().filter_map(|issue| {
        let reason = reason(&report, issue, grade)?;
        Some(format!("{} {}: {reason}", issue.rule.code, issue.message))
    });
    fixed.left = left.collect();
    Ok((fixed, report))
}

/// Why a finding gets no fix; `None` if it has a fix, which was reverted.
fn reason(report: &Report, issue: &Issue, grade: Grade) -> Option<String> {
    let Some(fix) = &issue.fix else {
        return issue.no_fix.map(|reason| reason.reason().to_owned());
    };
    if fix.grade > grade {
        let word = fix.grade.word();
        return Some(format!("its fix has the grade {word}: use --fix={word}"));
    }
    let sources = report.sources.get(issue.world)?;
    let places = fix.edits.iter().map(|(origin, _)| *origin);
    let mut files = places
        .clone()
        .filter_map(|origin| own_file(report, sources, origin));
    if files.any(|path| is_utf16(&path)) {
        return Some("the file is UTF-16: save it as UTF-8, or change it by hand".to_owned());
    }
    let mut places = places;
    if places.any(|origin| editable(report, sources, origin).is_none()) {
        return Some(
            "the file is made from other files or from an account: change it there".to_owned(),
        );
    }
    edits(report, sources, fix)
        .is_none()
        .then(|| "the text is not literal: change the value that it refers to".to_owned())
}

fn remember(fixed: &mut Fixed, overlay: Overlay) {
    for path in overlay.keys() {
        if !fixed.before.contains_key(path)
            && let Some(text) = read(path)
        {
            fixed.before.insert(path.clone(), text);
        }
    }
    fixed.overlay = overlay;
}

/// The text of a file, if it is a regular file.
fn read(path: &Path) -> Option<String> {
    loader::read_named(path, MAX_FILE)
        .and_then(loader::decoded)
        .ok()
}

fn candidates(report: &Report, grade: Grade) -> Vec<Candidate> {
    let fixable = report.active().filter_map(|issue| {
        let fix = issue.fix.as_ref().filter(|fix| fix.grade <= grade)?;
        let sources = report.sources.get(issue.world)?;
        Some(Candidate {
            fingerprint: format!("{} {}", issue.rule.code, issue.fingerprint),
            title: format!("{} {}", issue.rule.code, issue.message),
            edits: edits(report, sources, fix)?,
        })
    });
    fixable.collect()
}

/// The edits of a fix, when all of them lie in files that may be changed.
fn edits(report: &Report, sources: &SourceMap, fix: &Fix) -> Option<Vec<(PathBuf, Span, String)>> {
    let edits: Option<Vec<_>> = fix
        .edits
        .iter()
        .map(|(origin, text)| {
            let path = editable(report, sources, *origin)?;
            let text = place::written(sources.get(origin.source)?, origin.span, text)?;
            Some((path, origin.span, text))
        })
        .collect();
    edits.filter(|edits| !edits.is_empty())
}

/// The file of a place, if a fix may change it: a fix writes UTF-8.
pub fn editable(report: &Report, sources: &SourceMap, origin: Origin) -> Option<PathBuf> {
    own_file(report, sources, origin).filter(|path| !is_utf16(path))
}

/// Whether a file begins as UTF-16, as the loader recognises it: with its byte order mark, or with a zero in the first two bytes.
fn is_utf16(path: &Path) -> bool {
    let start = loader::beginning(path, 2).unwrap_or_default();
    matches!(*start, [0xff, 0xfe] | [0xfe, 0xff] | [0, _] | [_, 0])
}

/// The file of a place, if it is no export and no Terraform.
fn own_file(report: &Report, sources: &SourceMap, origin: Origin) -> Option<PathBuf> {
    let source = sources
        .get(origin.source)
        .filter(|_| sources.is_shown(origin.source))?;
    let file = report.files.iter().find(|file| file.name == source.name)?;
    let own = matches!(
        file.kind,
        Some(Kind::POLICY | Kind::KUBERNETES | Kind::WORLD)
    );
    let path = Path::new(&source.name);
    let regular = std::fs::symlink_metadata(path).is_ok_and(|data| data.is_file());
    (own && regular).then(|| path.to_path_buf())
}

/// The texts after some fixes; a fix that overlaps an earlier fix waits for the next round.
fn apply(fixed: &Fixed, candidates: &[&Candidate]) -> (Overlay, Vec<usize>) {
    let mut taken: BTreeMap<PathBuf, Vec<(Span, &str)>> = BTreeMap::new();
    let mut applied = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        let free = candidate.edits.iter().all(|(path, span, text)| {
            let others = taken.get(path).map(Vec::as_slice).unwrap_or_default();
            others.iter().all(|(other, with)| {
                span.end < other.start || other.end < span.start || (span == other && text == with)
            })
        });
        if !free {
            continue;
        }
        for (path, span, text) in &candidate.edits {
            let edits = taken.entry(path.clone()).or_default();
            if !edits.contains(&(*span, text.as_str())) {
                edits.push((*span, text));
            }
        }
        applied.push(number);
    }
    let mut overlay = fixed.overlay.clone();
    for (path, mut edits) in taken {
        let before = overlay.get(&path).cloned().or_else(|| read(&path));
        let Some(mut text) = before else { continue };
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        for (span, with) in edits {
            let (start, end) = (span.start as usize, span.end as usize);
            if text.is_char_boundary(start) && text.is_char_boundary(end) && start <= end {
                text.replace_range(start..end, with);
            }
        }
        overlay.insert(path, text);
    }
    (overlay, applied)
}

/// A new finding after a fix that is at least as severe as the repaired findings.
fn worse(before: &Report, after: &Report) -> Option<String> {
    let key = |issue: &Issue| (issue.rule.code, issue.fingerprint.clone());
    let known: HashSet<_> = before.open().map(key).collect();
    let left: HashSet<_> = after.open().map(key).collect();
    let repaired = before.active().filter(|issue| !left.contains(&key(issue)));
    let least = repaired.map(|issue| issue.severity).max()?;
    let new = after
        .active()
        .find(|issue| !known.contains(&key(issue)) && issue.severity <= least)?;
    Some(format!("{} {}", new.rule.code, new.message))
}

/// How many lines around a change a patch shows.
const AROUND: usize = 3;

/// The changes as a patch. Of a file with values of secrets nothing is shown but the lines that change, and those only without a
/// value; `report` describes the files before the change.
pub fn diff(fixed: &Fixed, report: &Report) -> String {
    let mut patch = String::new();
    for (path, after) in &fixed.overlay {
        let Some(before) = fixed.before.get(path).filter(|before| *before != after) else {
            continue;
        };
        let name = path.display().to_string().replace('\\', "/");
        let hidden = hidden_lines(report, path, before);
        if hidden.iter().any(|line| is_changed(before, after, line)) {
            patch.push_str(&crate::render::disarm(&format!(
                "# {name}: the patch is not shown, because a changed line contains a secret value\n"
            )));
            continue;
        }
        let around = if hidden.is_empty() { AROUND } else { 0 };
        let text = similar::TextDiff::from_lines(before.as_str(), after.as_str())
            .unified_diff()
            .context_radius(around)
            .header(&format!("a/{name}"), &format!("b/{name}"))
            .to_string();
        text.split_inclusive('\n')
            .for_each(|line| push_line(&mut patch, line));
    }
    patch
}

/// Adds a line of a patch: without its line end as Windows writes it, or the mark of UTF-8 at its start, it would not apply.
fn push_line(patch: &mut String, line: &str) {
    let (line, end) = match line.strip_suffix("\r\n") {
        Some(line) => (line, "\r\n"),
        None => (line, ""),
    };
    let mark = [" \u{feff}", "-\u{feff}", "+\u{feff}"]
        .into_iter()
        .find(|mark| line.starts_with(mark));
    let mark = mark.unwrap_or_default();
    patch.push_str(mark);
    patch.push_str(&crate::render::disarm(
        line.get(mark.len()..).unwrap_or(line),
    ));
    patch.push_str(end);
}

/// The lines of a file that excerpts show only in part.
fn hidden_lines<'t>(report: &Report, path: &Path, text: &'t str) -> Vec<&'t str> {
    let name = path.display().to_string();
    let mut sources = report.sources.iter().flat_map(SourceMap::iter);
    let Some((_, source)) = sources.find(|(_, source)| source.name == name) else {
        return Vec::new();
    };
    let lines = text.lines().zip(source.text.lines());
    // An excerpt has other characters for the line ends of Windows and for the mark of UTF-8.
    let is_hidden = |own: &str, shown: &str| {
        let bare = own.trim_start_matches('\u{feff}');
        let shown = shown.get(own.len() - bare.len()..).unwrap_or(shown);
        bare.trim() != shown.trim()
    };
    lines
        .filter(|(own, shown)| is_hidden(own, shown))
        .map(|(own, _)| own)
        .collect()
}

/// Whether a line of the text before is changed or absent in the text after.
fn is_changed(before: &str, after: &str, line: &str) -> bool {
    let count = |text: &str| text.lines().filter(|other| *other == line).count();
    count(before) != count(after)
}

/// Writes the new texts; the message names the file that could not be written.
pub fn write(fixed: &Fixed) -> Result<usize, String> {
    let mut written = 0;
    for (path, text) in &fixed.overlay {
        if fixed.before.get(path) == Some(text) {
            continue;
        }
        output::replace(path, text)
            .map_err(|error| format!("{}: cannot be written: {error}", path.display()))?;
        written += 1;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        issue::State,
        rulebook::{self, Severity},
    };
    use loader::FileRead;
    use policy_engine::source::Shown;
    use rules::finding::Label;

    /// A report of findings in one file; each has the code, the severity, and what its fix writes over the whole text.
    fn report(path: &Path, text: &str, findings: &[(&str, Severity, &str)]) -> Report {
        let mut sources = SourceMap::default();
        let name = path.display().to_string();
        let source = sources.add(name.as_str(), Shown::whole(text));
        let origin = Origin {
            source,
            span: Span::new(0, text.len()),
        };
        let issue = |(code, severity, with): &(&str, Severity, &str)| {
            let rule = rulebook::find(code).unwrap();
            Issue {
                rule,
                severity: *severity,
                class: rule.class,
                message: "m".to_owned(),
                object: "o".to_owned(),
                primary: Label::new(origin, ""),
                related: Vec::new(),
                notes: Vec::new(),
                help: None,
                fix: Some(Fix {
                    grade: Grade::Safe,
                    edits: vec![(origin, (*with).to_owned())],
                }),
                no_fix: None,
                fingerprint: (*code).to_owned(),
                world: 0,
                repeated: Vec::new(),
                part: None,
                represents: Vec::new(),
                state: State::Active,
            }
        };
        Report {
            issues: findings.iter().map(issue).collect(),
            sources: vec![sources],
            files: vec![FileRead {
                name,
                kind: Some(Kind::POLICY),
                why: None,
                unread: None,
            }],
            ..Report::default()
        }
    }

    /// The result of fixing a file whose text determines the findings.
    fn run(
        lint: impl Fn(&str) -> Option<Vec<(&'static str, Severity, &'static str)>>,
    ) -> (Fixed, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.json");
        std::fs::write(&path, "start").unwrap();
        let judge = |overlay: &Overlay| {
            let text = overlay.get(&path).map_or("start", String::as_str);
            lint(text)
                .map(|findings| report(&path, text, &findings))
                .ok_or(())
        };
        let (fixed, _) = fix(Grade::Safe, judge).unwrap();
        let text = fixed.overlay.get(&path).cloned().unwrap_or_default();
        (fixed, text)
    }

    #[test]
    fn what_leads_to_something_worse_is_taken_back() {
        let (fixed, text) = run(|text| {
            Some(match text {
                "start" => vec![("TAG106", Severity::Medium, "bad")],
                _ => vec![("TAG101", Severity::High, "good")],
            })
        });
        assert_eq!((fixed.applied, text.as_str()), (0, ""));
        assert_eq!(
            fixed.rolled_back,
            ["TAG106 m: the fix would lead to TAG101 m"]
        );
    }

    #[test]
    fn what_can_no_longer_be_read_is_taken_back() {
        let (fixed, _) =
            run(|text| (text == "start").then(|| vec![("TAG106", Severity::Low, "{")]));
        assert_eq!(fixed.applied, 0);
        assert_eq!(
            fixed.rolled_back,
            ["TAG106 m: the fix would lead to a file that cannot be read"]
        );
    }

    #[test]
    fn what_leads_to_something_milder_is_fixed_in_turn() {
        let (fixed, text) = run(|text| {
            Some(match text {
                "start" => vec![("TAG106", Severity::High, "next")],
                "next" => vec![("TAG101", Severity::Low, "end")],
                _ => Vec::new(),
            })
        });
        assert_eq!((fixed.applied, text.as_str()), (2, "end"));
    }

    #[test]
    fn of_two_fixes_for_one_place_the_harmless_one_stays() {
        let (fixed, text) = run(|text| {
            Some(match text {
                "start" => vec![
                    ("TAG101", Severity::High, "bad"),
                    ("TAG106", Severity::High, "good"),
                ],
                "bad" => vec![
                    ("KMS101", Severity::High, "x"),
                    ("TAG106", Severity::High, "x"),
                ],
                _ => vec![("TAG101", Severity::High, "bad")],
            })
        });
        assert_eq!((fixed.applied, text.as_str()), (1, "good"));
        assert_eq!(fixed.rolled_back.len(), 1);
    }
}
