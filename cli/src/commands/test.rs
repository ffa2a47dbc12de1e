//! `test`: the promises of a world file.

use super::{Trouble, deliver, json, json_line, read};
use crate::{
    args::{Common, Format, Test, Uncertain},
    exit::Exit,
    render::{
        Style,
        human::Message,
        json::{PromiseAnswer, TestAnswer, TestSummary},
        line,
    },
};
use loader::Loaded;
use miette::Severity;
use policy_engine::{
    evaluator::{
        Verdict,
        explain::{Element, Miss},
    },
    inventory::Inventory,
    simulator::{
        Simulator, Stage, StageName, Walk,
        promises::{self, Kept, Promised, Readership, Terms, TooMany},
    },
    source::{Origin, SourceMap},
};
use std::{fmt::Write as _, path::PathBuf};

/// Tests world files.
pub fn run(arguments: &Test, common: &Common) -> Result<Exit, Trouble> {
    let mut worlds = Vec::new();
    for path in &arguments.worlds {
        worlds.push(World::test(path, common)?);
    }
    let promises = || {
        worlds
            .iter()
            .flat_map(|world| &world.kept)
            .map(|kept| kept.answer.clone())
    };
    let summary = promises().fold(TestSummary::default(), |mut all, promise| {
        match promise.held {
            Some(true) => all.held += 1,
            Some(false) => all.broken += 1,
            None => all.undecided += 1,
        }
        all
    });
    deliver(common, |format, style| match format {
        Format::Text => {
            worlds
                .iter()
                .map(|world| world.text(style))
                .collect::<String>()
                + &last_line(summary)
        }
        Format::Json => json(&TestAnswer {
            schema: "ascp-policy/test/v1",
            promises: promises().collect(),
            summary,
        }),
        Format::Jsonl => promises().map(|promise| json_line(&promise)).collect(),
    })?;
    Ok(match summary {
        TestSummary { broken: 1.., .. } => Exit::No,
        TestSummary { undecided: 1.., .. } => Exit::Undecided,
        TestSummary { .. } => Exit::Yes,
    })
}

fn last_line(summary: TestSummary) -> String {
    let total = summary.held + summary.broken + summary.undecided;
    let undecided = match summary.undecided {
        0 => String::new(),
        1 => ", 1 is undecided".to_owned(),
        many => format!(", {many} are undecided"),
    };
    format!("{} of {total} promises hold{undecided}\n", summary.held)
}

/// A world and the results of its promises.
struct World {
    loaded: Loaded,
    name: String,
    kept: Vec<Shown>,
}

/// The result of a promise, for output.
struct Shown {
    answer: PromiseAnswer,
    /// The message if it does not hold.
    message: Option<Message>,
}

impl World {
    fn test(path: &PathBuf, common: &Common) -> Result<Self, Trouble> {
        let loaded = read(std::slice::from_ref(path), common)?;
        super::print_notes(&loaded, common);
        let Some(world) = &loaded.world else {
            let help = "write `expect:` in an ascp-policy.yaml, or pass a world file";
            return Err(Trouble::new(
                format!("{}: no world file", path.display()),
                Some(help.into()),
            ));
        };
        let name = loaded.sources.name(world.source).to_owned();
        let given = super::given(&common.given);
        let terms = Terms {
            given: &given,
            other: common.other(),
            report_uncertain: common.uncertain == Uncertain::Report,
        };
        let simulator = Simulator::new(&loaded.inventory);
        let show = |kept: Kept<'_>| shown(&kept, &loaded.inventory, &loaded.sources);
        let kept: Vec<_> = if world.has_expect {
            promises::stated(&simulator, &loaded.promises, terms)
                .map_err(|error| too_many(&error, loaded.sources.clone()))?
                .map(show)
                .collect()
        } else {
            promises::implied(&simulator, terms).map(show).collect()
        };
        drop(simulator);
        if kept.is_empty() {
            let message = if world.has_expect {
                "nothing to test: `expect` has no promise about a pod"
            } else {
                "nothing to test: the world has no promise and no mount"
            };
            let help = "write promises under `expect:`, or describe mounts";
            return Err(Trouble::new(
                format!("{name}: {message}"),
                Some(help.into()),
            ));
        }
        Ok(Self { loaded, name, kept })
    }

    fn text(&self, style: &Style) -> String {
        let about = self
            .loaded
            .world
            .as_ref()
            .and_then(|world| world.about.as_deref())
            .unwrap_or("");
        let mut text = format!("{}   {}\n", line(&self.name), line(about))
            .trim_end()
            .to_owned();
        text.push('\n');
        let width = |part: fn(&PromiseAnswer) -> &str| {
            self.kept
                .iter()
                .map(|kept| part(&kept.answer).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (pods, asks) = (width(|answer| &answer.pod), width(|answer| answer.promised));
        for kept in &self.kept {
            let answer = &kept.answer;
            let (mark, color) = match answer.held {
                Some(true) => (style.mark("✓", "+"), "32"),
                Some(false) => (style.mark("✗", "x"), "31"),
                None => ("?", "33"),
            };
            if style.quiet && answer.held == Some(true) {
                continue;
            }
            let what = if answer.ask == "readers" {
                String::new()
            } else {
                format!("{} ", answer.ask)
            };
            let reason = answer
                .reason
                .as_deref()
                .map(|reason| format!("   {reason}"))
                .unwrap_or_default();
            // Only our own colors may contain terminal commands.
            let row = line(&format!(
                "{:pods$}  {:asks$}  {what}{}{reason}",
                answer.pod, answer.promised, answer.object
            ));
            let _ = writeln!(text, "  {} {row}", style.paint(color, mark));
        }
        text.push('\n');
        for message in self.kept.iter().filter_map(|kept| kept.message.as_ref()) {
            text.push_str(&message.render(&self.loaded.sources, style));
            text.push('\n');
        }
        text
    }
}

fn too_many(error: &TooMany, sources: SourceMap) -> Trouble {
    Trouble {
        sources,
        messages: vec![Message {
            severity: Severity::Error,
            title: error.to_string(),
            labels: vec![(error.origin, "the limit is exceeded here".into())],
            notes: Vec::new(),
            help: Some(error.help().into()),
        }],
    }
}

/// The result of a promise.
fn shown(kept: &Kept<'_>, inventory: &Inventory, sources: &SourceMap) -> Shown {
    let pod = match kept.promised {
        Promised::Readers(..) => None,
        Promised::Pod(_) | Promised::Mount(_) => kept.pod.as_ref(),
    };
    let (ask, promised, reason) = match kept.promised {
        Promised::Pod(promise) => {
            let because = promise.because.as_ref();
            let because = because.map(|because| format!("because {}", because.value));
            (kept.ask.to_string(), can(promise.can), because)
        }
        Promised::Readers(_, readership) => ("readers".into(), "readers", differs(readership)),
        Promised::Mount(_) => (kept.ask.to_string(), can(true), None),
    };
    let position = sources.position(kept.origin());
    Shown {
        answer: PromiseAnswer {
            file: sources.name(kept.origin().source).to_owned(),
            line: position.map_or(0, |position| position.line),
            pod: pod.map_or_else(String::new, |pod| inventory.pod_name(pod)),
            ask,
            object: kept.object_name(inventory),
            promised,
            held: kept.held,
            decision: kept.decision.to_string(),
            stage: kept.stage().map(|stage| stage.to_string()),
            reason,
        },
        message: message(kept, inventory),
    }
}

fn can(can: bool) -> &'static str {
    if can { "can" } else { "cannot" }
}

/// `1 reader too many, 2 readers missing`
fn differs(readership: Readership) -> Option<String> {
    let count = |number: usize, word: &str| match number {
        0 => None,
        1 => Some(format!("1 reader {word}")),
        many => Some(format!("{many} readers {word}")),
    };
    let parts = [
        count(readership.extra, "too many"),
        count(readership.missing, "missing"),
        count(readership.open, "undecided"),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The message of a promise that does not hold.
fn message(kept: &Kept<'_>, inventory: &Inventory) -> Option<Message> {
    if kept.held == Some(true) {
        return None;
    }
    let walk = kept.walk.as_ref()?;
    let pod = inventory.pod_name(kept.pod.as_ref()?);
    let (object, ask) = (kept.object_name(inventory), &kept.ask);
    let (title, place, can) = match kept.promised {
        Promised::Pod(promise) => {
            let title = match (kept.held, kept.unmet) {
                (None, _) => format!("undecided: {pod} {} {ask} `{object}`", can(promise.can)),
                (_, Some(stage)) => {
                    let word = can(promise.can);
                    format!("{pod} {word} {ask} `{object}`, but not because of `{stage}`")
                }
                // The opposite of the promise.
                (_, None) => format!("{pod} {} {ask} `{object}`", can(!promise.can)),
            };
            let because = promise.because.as_ref();
            let place = because.map_or(promise.object.origin, |because| because.origin);
            (title, place, promise.can)
        }
        Promised::Readers(readers, readership) => {
            let title = match readership {
                Readership { extra: 1.., .. } => format!("{pod} can read `{object}`"),
                Readership { missing: 1.., .. } => format!("{pod} cannot read `{object}`"),
                Readership { .. } => format!("undecided: {pod} can read `{object}`"),
            };
            (title, readers.object.origin, readership.extra > 0)
        }
        Promised::Mount(mount) => {
            let title = match (kept.held, kept.object) {
                (None, Some(_)) => format!("undecided: {pod} can {ask} `{object}`"),
                (Some(_), Some(_)) => format!("{pod} cannot {ask} `{object}`"),
                (None, None) => format!("undecided: {pod} can mount `{object}`"),
                (Some(_), None) => format!("{pod} cannot mount `{object}`"),
            };
            (title, mount.name.origin, true)
        }
    };
    Some(explain(title, place, walk, can))
}

/// The action that a stage decides, and the failed element of its nearest statement.
fn label(stage: &Stage, miss: Option<&Miss>) -> String {
    let actions = stage.asked.join(", ");
    let name = stage.name;
    let verdict = match stage.result {
        Verdict::Allow | Verdict::NotNeeded => format!("`{name}` allows {actions}"),
        Verdict::Deny => format!("`{name}` denies {actions}"),
        Verdict::Refuse => format!("`{name}` does not allow {actions}"),
        Verdict::Unknown => format!("`{name}` is undecided for {actions}"),
    };
    let Some(miss) = miss else {
        return verdict;
    };
    let values = |values: &[String]| match values {
        [] => "absent".to_owned(),
        values => {
            let quoted: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
            quoted.join(", ")
        }
    };
    let element = match miss.element {
        Element::Action => "the action",
        Element::Resource => "the resource",
        Element::Principal => "the principal",
        Element::Condition(_) => miss.key.as_deref().unwrap_or("the condition"),
    };
    let required = match miss.operator.as_deref() {
        Some(operator) => format!("{operator} requires"),
        None => "the statement names".to_owned(),
    };
    format!(
        "{verdict}: {element} is {}, and {required} {}",
        values(&miss.actual),
        values(&miss.wanted)
    )
}

/// The places that explain why a promise does not hold.
fn explain(title: String, place: Origin, walk: &Walk, can: bool) -> Message {
    let mut labels = vec![(place, "promised here".to_owned())];
    let deciding = walk.deciding();
    let shown = deciding.or_else(|| {
        walk.stages
            .iter()
            .find(|stage| stage.name == StageName::Identity)
    });
    if let Some((stage, by)) = shown.and_then(|stage| Some((stage, stage.by.as_ref()?))) {
        let miss = stage.missed.iter().find(|miss| miss.origin.is_somewhere());
        let miss = miss.filter(|_| can);
        let origin = miss.map_or(by.origin, |miss| miss.origin);
        labels.push((origin, label(stage, miss)));
    }
    let mut notes: Vec<_> = deciding
        .and_then(|stage| stage.note.clone())
        .into_iter()
        .collect();
    notes.extend(walk.unknown.iter().map(|name| format!("missing: {name}")));
    Message {
        severity: Severity::Error,
        title,
        labels,
        notes,
        help: None,
    }
}
