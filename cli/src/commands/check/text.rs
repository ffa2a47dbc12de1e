//! The report for people.

mod undecided;

use crate::{
    args::Check,
    fix::Fixed,
    issue::Issue,
    render::{Style, human::Message, line, lines},
    report::{Report, count, listed},
    rulebook::Severity,
};
use miette::Severity as Level;
use policy_engine::source::SourceId;
use std::collections::HashMap;

/// The most findings that are printed; the rest is counted.
const MAX_DRAWN: usize = 1_000;

/// The whole text.
pub(super) fn text(
    arguments: &Check,
    report: &Report,
    fixed: Option<&Fixed>,
    style: &Style,
    took: std::time::Duration,
) -> String {
    let mut text = files(report, style);
    if style.verbose {
        text.push_str(&notes(report, style));
    }
    text.push_str(&findings(report, style));
    if !style.quiet {
        text.push_str(&undecided::text(report, style));
    }
    text.push_str(&not_read(report, style));
    if arguments.show_suppressed {
        text.push_str(&lines::silent(report));
    }
    if arguments.show_skipped {
        for (rule, missing) in &report.skipped_rules {
            text.push_str(&format!(
                "not evaluated  {} {}: missing {missing}\n",
                rule.code, rule.name
            ));
        }
    }
    if arguments.statistics {
        text.push_str(&statistics(report));
    }
    if style.quiet {
        return text;
    }
    if let Some(fixed) = fixed {
        text.push_str(&fixes(fixed));
    }
    for warning in &report.warnings {
        text.push_str(&format!("  note: {}\n", line(warning)));
    }
    let assumed: Vec<_> = report
        .assumed
        .iter()
        .map(|entry| entry.to_string())
        .collect();
    if !assumed.is_empty() {
        text.push_str(&format!(
            "  note: the answer assumes {}, which AWS does not document\n",
            assumed.join(", ")
        ));
    }
    if !style.verbose {
        text.push_str(&crate::commands::notes_unseen(report.notes.len()));
    }
    if report.counts.mounts == 0 {
        text.push_str(if report.unread().is_empty() {
            "no mount: no workload has a CSI volume of secrets-store.csi.k8s.io\n"
        } else {
            "no mount was read\n"
        });
    }
    text.push_str(&format!("{}  ({} ms)\n", summary(report), took.as_millis()));
    text
}

/// The files that were read and skipped, for `--verbose`.
fn files(report: &Report, style: &Style) -> String {
    if !style.verbose {
        return String::new();
    }
    let lines = report.files.iter().map(|file| {
        let name = line(&file.name);
        match (&file.kind, &file.why) {
            (Some(kind), _) => format!("read     {name}  ({kind})\n"),
            (None, Some(why)) => format!("skipped  {name}  {}\n", line(why)),
            (None, None) => format!("skipped  {name}\n"),
        }
    });
    lines.collect::<String>() + "\n"
}

/// The findings, the most severe first. Of several `info` findings of a rule only the first is drawn.
fn findings(report: &Report, style: &Style) -> String {
    let mut issues: Vec<&Issue> = report.active().collect();
    issues.sort_by_key(|issue| issue.severity);
    let mut text = String::new();
    let mut infos: HashMap<&str, Vec<&Issue>> = HashMap::new();
    for issue in issues
        .iter()
        .filter(|issue| issue.severity == Severity::Info)
    {
        infos.entry(issue.rule.code).or_default().push(issue);
    }
    let mut copies: HashMap<Copied<'_>, Vec<&Issue>> = HashMap::new();
    let mut texts = Texts::default();
    let is_drawn = |issue: &&&Issue| issue.severity != Severity::Info;
    for issue in issues.iter().filter(is_drawn) {
        if let Some(text) = Copied::of(report, issue, &mut texts) {
            copies.entry(text).or_default().push(issue);
        }
    }
    let beyond = issues.len().saturating_sub(MAX_DRAWN);
    for issue in issues.into_iter().take(MAX_DRAWN) {
        let Some(sources) = report.sources.get(issue.world) else {
            continue;
        };
        let mut message = message(issue);
        if !style.verbose && issue.severity == Severity::Info {
            // The first finding of a rule represents all.
            let Some(all) = infos.remove(issue.rule.code) else {
                continue;
            };
            message
                .notes
                .extend(also(report, all.iter().skip(1).copied(), "of this rule"));
        } else if !style.verbose
            && let Some(text) = Copied::of(report, issue, &mut texts)
        {
            // The first of the files represents all that have this text.
            let Some(all) = copies.remove(&text) else {
                continue;
            };
            let others = all.iter().skip(1).copied();
            message.notes.extend(also(report, others, "of this text"));
        }
        text.push_str(&message.render(sources, style));
        text.push('\n');
    }
    if beyond > 0 {
        text.push_str(&format!(
            "{} not printed; `--output json` lists all\n",
            count(beyond, "further finding")
        ));
    }
    text
}

/// Numbers of texts: sources with the same text have the same number. Each text is compared once, however many findings it has.
#[derive(Default)]
struct Texts<'r> {
    numbers: HashMap<&'r str, usize>,
    sources: HashMap<(usize, SourceId), usize>,
}

impl<'r> Texts<'r> {
    fn number(&mut self, world: usize, id: SourceId, text: &'r str) -> usize {
        let (numbers, next) = (&mut self.numbers, self.sources.len());
        let number = || *numbers.entry(text).or_insert(next);
        *self.sources.entry((world, id)).or_insert_with(number)
    }
}

/// What findings in copies of a file have in common: rule, message, change and text.
#[derive(PartialEq, Eq, Hash)]
struct Copied<'r> {
    code: &'static str,
    message: String,
    help: Option<&'r str>,
    /// The number of the whole text: other statements and conditions may differ.
    text: usize,
    span: (u32, u32),
}

impl<'r> Copied<'r> {
    /// `None` for a finding about an object that is not named after its file.
    fn of(report: &'r Report, issue: &'r Issue, texts: &mut Texts<'r>) -> Option<Self> {
        let sources = report.sources.get(issue.world)?;
        let origin = issue.primary.origin;
        let file = sources.name(origin.source).rsplit(['/', '\\']).next()?;
        if issue.object != file {
            return None;
        }
        let text = &*sources.get(origin.source)?.text;
        Some(Self {
            code: issue.rule.code,
            message: issue.message.replace(file, ""),
            help: issue.help.as_deref(),
            text: texts.number(issue.world, origin.source, text),
            span: (origin.span.start, origin.span.end),
        })
    }
}

/// A note that lists the places of further findings.
fn also<'i>(
    report: &Report,
    others: impl Iterator<Item = &'i Issue>,
    which: &str,
) -> Option<String> {
    let places: Vec<_> = others
        .map(|issue| match issue.place(&report.sources) {
            Some(place) => format!("{}:{}", place.file, place.position.line),
            None => issue.object.clone(),
        })
        .collect();
    (!places.is_empty()).then(|| {
        format!(
            "{} {which}: {}; `--verbose` prints each",
            count(places.len(), "further finding"),
            listed(&places, 3)
        )
    })
}

/// Inputs of this job that were not read are always listed, because they may contain all mounts.
fn not_read(report: &Report, style: &Style) -> String {
    if style.quiet || style.verbose {
        return String::new();
    }
    let groups = report.not_read().into_iter();
    groups
        .map(|group| format!("not read: {}\n", line(&group.line())))
        .collect()
}

fn notes(report: &Report, style: &Style) -> String {
    let shown = report.notes.iter().filter_map(|(world, note)| {
        let message = Message {
            severity: Level::Advice,
            title: note.message.clone(),
            labels: note
                .origin
                .map(|origin| (origin, String::new()))
                .into_iter()
                .collect(),
            notes: Vec::new(),
            help: None,
        };
        Some(message.render(report.sources.get(*world)?, style) + "\n")
    });
    shown.collect()
}

fn statistics(report: &Report) -> String {
    let rules = report.rules();
    let mut counted: Vec<_> = rules
        .iter()
        .map(|rule| {
            let number = report
                .active()
                .filter(|issue| issue.rule.code == rule.code)
                .count();
            (number, rule)
        })
        .filter(|(number, _)| *number > 0)
        .collect();
    counted.sort_by_key(|(number, rule)| (std::cmp::Reverse(*number), rule.code));
    counted
        .into_iter()
        .map(|(number, rule)| {
            format!(
                "{number:>5}  {:<8}  {}  {}\n",
                rule.severity.word(),
                rule.code,
                rule.name
            )
        })
        .collect()
}

fn fixes(fixed: &Fixed) -> String {
    let mut text = String::new();
    for fix in &fixed.rolled_back {
        text.push_str(&format!("reverted  {}\n", line(fix)));
    }
    for finding in &fixed.left {
        text.push_str(&format!("no fix    {}\n", line(finding)));
    }
    let files = fixed.overlay.len();
    if fixed.applied == 0 {
        return text + "no fix was applied\n";
    }
    let fixes = if fixed.applied == 1 {
        "1 fix".to_owned()
    } else {
        format!("{} fixes", fixed.applied)
    };
    text + &format!("{fixes} in {}\n", count(files, "file"))
}

fn summary(report: &Report) -> String {
    let counts = report.counts;
    let undecided = match report.undecided.len() {
        0 => String::new(),
        1 => ", 1 is undecided".to_owned(),
        many => format!(", {many} are undecided"),
    };
    let several = if counts.worlds > 1 {
        format!("{} worlds, ", counts.worlds)
    } else {
        String::new()
    };
    let (suppressed, baselined) = report.silent();
    let mut silent = String::new();
    if suppressed > 0 {
        silent.push_str(&format!(", {suppressed} suppressed"));
    }
    if baselined > 0 {
        silent.push_str(&format!(", {baselined} in the baseline"));
    }
    format!(
        "{}{silent}; {several}{}, {}, {}, {}; {} of {} mounts work{undecided}",
        count(report.active().count(), "finding"),
        count(counts.accounts, "account"),
        count(counts.clusters, "cluster"),
        count(counts.pods, "pod"),
        count(counts.objects, "object"),
        counts.working,
        counts.mounts,
    )
}

/// The most places of a finding that are drawn.
const MAX_PLACES: usize = 32;

/// A finding as a message.
pub fn message(issue: &Issue) -> Message {
    let labels = std::iter::once(&issue.primary).chain(&issue.related);
    let mut notes = issue.notes.clone();
    let beyond = (issue.related.len() + 1).saturating_sub(MAX_PLACES);
    if beyond > 0 {
        let places = count(beyond, "further place");
        notes.push(format!("{places}; `--output json` lists all"));
    }
    Message {
        severity: if issue.severity <= Severity::High {
            Level::Error
        } else {
            Level::Warning
        },
        title: format!(
            "{} {} {}: {}",
            issue.severity.word(),
            issue.rule.code,
            issue.rule.name,
            issue.message
        ),
        labels: labels
            .take(MAX_PLACES)
            .map(|label| (label.origin, label.text.clone()))
            .collect(),
        notes,
        help: issue.help.clone(),
    }
}
