//! `test`: the promises of a world file.

use super::{Trouble, deliver, json, json_line, read};
use crate::{
    args::{Common, Format, Test},
    exit::Exit,
    load::Loaded,
    render::{
        Style,
        human::Message,
        json::{PromiseAnswer, TestAnswer, TestSummary},
        line,
    },
};
use miette::Severity;
use policy_engine::{
    evaluator::Decision,
    inventory::{
        Pod,
        find::Object,
        promise::{Ask, Promise, Readers},
    },
    request::ContextValue,
    simulator::{Question, Simulator, StageName, Target, Walk},
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

/// One world and what became of its promises.
struct World {
    loaded: Loaded,
    name: String,
    kept: Vec<Kept>,
}

/// One promise and its answer.
struct Kept {
    answer: PromiseAnswer,
    /// Shown when it does not hold.
    message: Option<Message>,
}

impl World {
    fn test(path: &PathBuf, common: &Common) -> Result<Self, Trouble> {
        let loaded = read(std::slice::from_ref(path), common)?;
        let Some(world) = &loaded.world else {
            let help = "write an ascp-policy.yaml with `expect:`, or name a world file";
            return Err(Trouble::new(
                format!("{}: no world file was found", path.display()),
                Some(help.into()),
            ));
        };
        let name = loaded.sources.name(world.source).to_owned();
        let kept = {
            let simulator = Simulator::new(&loaded.inventory);
            let mut tester = Tester {
                loaded: &loaded,
                simulator: &simulator,
                common,
                kept: Vec::new(),
            };
            if world.has_expect {
                if let Some(place) = tester.too_many() {
                    return Err(too_many(place, loaded.sources.clone()));
                }
                loaded
                    .promises
                    .pods
                    .iter()
                    .for_each(|promise| tester.promise(promise));
                loaded
                    .promises
                    .readers
                    .iter()
                    .for_each(|readers| tester.readers(readers));
            } else {
                tester.mounts();
            }
            tester.kept
        };
        if kept.is_empty() {
            let message = if world.has_expect {
                "nothing to test: `expect` promises nothing about any pod"
            } else {
                "nothing to test: there is neither a promise nor a mount"
            };
            let help = "write `expect:` with what pods can and cannot do, or describe their mounts";
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
        let (pods, asks) = (width(|one| &one.pod), width(|one| one.promised));
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
            // Only what we paint ourselves may hold what terminals obey.
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

/// The most pairs of pod and object that the promises of one world may ask about.
const MAX_PAIRS: usize = 250_000;

fn too_many(place: Origin, sources: SourceMap) -> Trouble {
    Trouble {
        sources,
        messages: vec![Message {
            severity: Severity::Error,
            title: format!(
                "the promises of this world ask about more than {MAX_PAIRS} pairs of pod and object"
            ),
            labels: vec![(place, "too many with this one".into())],
            notes: Vec::new(),
            help: Some("name fewer pods or objects in one pattern, or split the world".into()),
        }],
    }
}

struct Tester<'a> {
    loaded: &'a Loaded,
    simulator: &'a Simulator<'a>,
    common: &'a Common,
    kept: Vec<Kept>,
}

impl Tester<'_> {
    /// The promise that asks about more pairs than anybody waits for.
    fn too_many(&self) -> Option<Origin> {
        let inventory = self.simulator.inventory();
        let promises = self.loaded.promises.pods.iter().map(|promise| {
            let pods = inventory.find_pods(&promise.pod.value).len();
            (pods, &promise.object)
        });
        let all = inventory.pods().len();
        let readers = &self.loaded.promises.readers;
        let readers = readers.iter().map(|readers| (all, &readers.object));
        let mut pairs: usize = 0;
        promises
            .chain(readers)
            .find(|(pods, object)| {
                let objects = inventory.find_objects(&object.value).len();
                pairs = pairs.saturating_add(pods.saturating_mul(objects));
                pairs > MAX_PAIRS
            })
            .map(|(_, object)| object.origin)
    }

    fn promise(&mut self, promise: &Promise) {
        let inventory = self.simulator.inventory();
        let given: Vec<_> = promise
            .given
            .iter()
            .map(|(key, value)| (key.value.clone(), value.clone()))
            .collect();
        for pod in inventory.find_pods(&promise.pod.value) {
            for object in inventory.find_objects(&promise.object.value) {
                let walk = self.walk(&pod, Target::Object(object), promise, &given);
                let (held, reason) = judge(promise, &walk);
                self.keep(promise, &pod, object, &walk, held, reason.as_deref());
            }
        }
    }

    fn walk(
        &self,
        pod: &Pod,
        target: Target<'_>,
        promise: &Promise,
        given: &[(String, ContextValue)],
    ) -> Walk {
        let mut all = super::given(&self.common.given);
        // The command line beats the world; a promise's own context is part of the promise.
        all.extend(given.iter().cloned());
        let question = Question {
            pod,
            target,
            ask: &promise.ask,
            via: promise.via,
            given: &all,
            other: self.common.other(),
        };
        super::simulate::reported(self.simulator.walk(&question), self.common)
    }

    fn keep(
        &mut self,
        promise: &Promise,
        pod: &Pod,
        object: Object<'_>,
        walk: &Walk,
        held: Option<bool>,
        reason: Option<&str>,
    ) {
        let inventory = self.simulator.inventory();
        let (pod, object) = (inventory.pod_name(pod), object.display(inventory));
        let word = if promise.can { "can" } else { "cannot" };
        let because = promise
            .because
            .as_ref()
            .map(|because| format!("because {}", because.value));
        let message = (held != Some(true)).then(|| {
            let title = match (held, reason) {
                (None, _) => format!("{pod} {word} {} `{object}`: undecided", promise.ask),
                (_, Some(reason)) => {
                    format!("{pod} {word} {} `{object}`, but {reason}", promise.ask)
                }
                (_, None) if promise.can => format!("{pod} cannot {} `{object}`", promise.ask),
                (_, None) => format!("{pod} can {} `{object}`", promise.ask),
            };
            let place = promise
                .because
                .as_ref()
                .map_or(promise.object.origin, |because| because.origin);
            Self::explain(title, place, walk, promise.can)
        });
        let position = self.loaded.sources.position(promise.object.origin);
        self.kept.push(Kept {
            answer: PromiseAnswer {
                file: file_of(&self.loaded.sources, promise.object.origin),
                line: position.map_or(0, |position| position.line),
                pod,
                ask: promise.ask.to_string(),
                object,
                promised: word,
                held,
                decision: walk.decision.to_string(),
                stage: walk.deciding().map(|stage| stage.name.to_string()),
                reason: because,
            },
            message,
        });
    }

    /// The places that show why a promise does not hold.
    fn explain(title: String, place: Origin, walk: &Walk, can: bool) -> Message {
        let mut labels = vec![(place, "promised here".to_owned())];
        let deciding = walk.deciding();
        let shown = deciding.or_else(|| {
            walk.stages
                .iter()
                .find(|stage| stage.name == StageName::Identity)
        });
        if let Some((stage, by)) = shown.and_then(|stage| Some((stage, stage.by.as_ref()?))) {
            let miss = stage
                .missed
                .iter()
                .map(|miss| miss.origin)
                .find(|origin| origin.is_somewhere());
            let origin = if can {
                miss.unwrap_or(by.origin)
            } else {
                by.origin
            };
            labels.push((origin, format!("{} {}", stage.name, stage.result)));
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

    fn readers(&mut self, readers: &Readers) {
        let inventory = self.simulator.inventory();
        let named: Vec<Pod> = readers
            .pods
            .iter()
            .flat_map(|pod| inventory.find_pods(&pod.value))
            .collect();
        for object in inventory.find_objects(&readers.object.value) {
            let (mut extra, mut missing, mut open) = (Vec::new(), Vec::new(), Vec::new());
            for pod in inventory.pods() {
                let promise = Promise {
                    pod: readers.object.clone(),
                    ask: Ask::Read,
                    object: readers.object.clone(),
                    can: true,
                    because: None,
                    given: Vec::new(),
                    via: None,
                };
                let walk = self.walk(&pod, Target::Object(object), &promise, &[]);
                match (walk.decision, named.contains(&pod)) {
                    (Decision::Allow, true) => {}
                    (Decision::Allow, false) => extra.push((pod, walk)),
                    (Decision::Unknown, _) => open.push((pod, walk)),
                    (_, true) => missing.push((pod, walk)),
                    (_, false) => {}
                }
            }
            self.keep_readers(readers, object, &extra, &missing, &open);
        }
    }

    fn keep_readers(
        &mut self,
        readers: &Readers,
        object: Object<'_>,
        extra: &[(Pod, Walk)],
        missing: &[(Pod, Walk)],
        open: &[(Pod, Walk)],
    ) {
        let inventory = self.simulator.inventory();
        let name = object.display(inventory);
        let held = match (extra, missing, open) {
            ([], [], []) => Some(true),
            ([], [], _) => None,
            _ => Some(false),
        };
        let count = |number: usize, word: &str| match number {
            0 => None,
            1 => Some(format!("one reader {word}")),
            many => Some(format!("{many} readers {word}")),
        };
        let parts = [
            count(extra.len(), "too many"),
            count(missing.len(), "missing"),
            count(open.len(), "undecided"),
        ];
        let reason: Vec<_> = parts.into_iter().flatten().collect();
        let first = extra
            .first()
            .map(|one| (one, "can read"))
            .or_else(|| missing.first().map(|one| (one, "cannot read")));
        let first = first.or_else(|| open.first().map(|one| (one, "may or may not read")));
        let message = first.map(|((pod, walk), verb)| {
            let title = format!("{} {verb} `{name}`", inventory.pod_name(pod));
            Self::explain(title, readers.object.origin, walk, !extra.is_empty())
        });
        let decision = match held {
            Some(true) => Decision::Allow,
            Some(false) => Decision::ImplicitDeny,
            None => Decision::Unknown,
        };
        self.kept.push(Kept {
            answer: PromiseAnswer {
                file: file_of(&self.loaded.sources, readers.object.origin),
                line: self
                    .loaded
                    .sources
                    .position(readers.object.origin)
                    .map_or(0, |position| position.line),
                pod: String::new(),
                ask: "readers".into(),
                object: name,
                promised: "readers",
                held,
                decision: decision.to_string(),
                stage: first
                    .and_then(|((_, walk), _)| walk.deciding())
                    .map(|stage| stage.name.to_string()),
                reason: (!reason.is_empty()).then(|| reason.join(", ")),
            },
            message,
        });
    }

    /// Without `expect`, one promise is implied: every mount works, now and at rotation.
    fn mounts(&mut self) {
        let inventory = self.simulator.inventory();
        for mount in self.simulator.mounts() {
            let rotation = inventory
                .cluster(&mount.pod.cluster)
                .is_none_or(|cluster| cluster.rotation);
            let promise = Promise {
                pod: mount.name.clone(),
                ask: if rotation { Ask::Rotate } else { Ask::Read },
                object: mount.name.clone(),
                can: true,
                because: None,
                given: Vec::new(),
                via: None,
            };
            let walk = self.walk(&mount.pod, Target::Mount(mount), &promise, &[]);
            let (held, _) = judge(&promise, &walk);
            if let Some(object) = mount.object {
                self.keep(&promise, &mount.pod, object, &walk, held, None);
                continue;
            }
            let (pod, name) = (inventory.pod_name(&mount.pod), &mount.name.value);
            let title = match held {
                None => format!("{pod} can mount `{name}`: undecided"),
                Some(_) => format!("{pod} cannot mount `{name}`"),
            };
            let message =
                (held != Some(true)).then(|| Self::explain(title, mount.name.origin, &walk, true));
            let position = self.loaded.sources.position(mount.name.origin);
            self.kept.push(Kept {
                answer: PromiseAnswer {
                    file: file_of(&self.loaded.sources, mount.name.origin),
                    line: position.map_or(0, |position| position.line),
                    pod: inventory.pod_name(&mount.pod),
                    ask: promise.ask.to_string(),
                    object: mount.name.value.clone(),
                    promised: "can",
                    held,
                    decision: walk.decision.to_string(),
                    stage: walk.deciding().map(|stage| stage.name.to_string()),
                    reason: None,
                },
                message,
            });
        }
    }
}

/// Whether a promise holds; with a reason when it is not plain from the decision.
fn judge(promise: &Promise, walk: &Walk) -> (Option<bool>, Option<String>) {
    match (promise.can, walk.decision) {
        (_, Decision::Unknown) => (None, None),
        (true, decision) => (Some(decision == Decision::Allow), None),
        (false, Decision::Allow) => (Some(false), None),
        (false, _) => match promise
            .because
            .as_ref()
            .and_then(|because| StageName::parse(&because.value))
        {
            Some(stage) if !walk.refuses_at(stage) => {
                (Some(false), Some(format!("`{stage}` does not refuse it")))
            }
            _ => (Some(true), None),
        },
    }
}

fn file_of(sources: &SourceMap, origin: Origin) -> String {
    sources.name(origin.source).to_owned()
}
