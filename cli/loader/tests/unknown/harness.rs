//! Makes attributes unknown, fills them, and compares the answers.

use loader::{Loaded, Options};
use policy_engine::{
    inventory::promise::Ask,
    simulator::{Question, Simulator, Target},
    uncertainty::Uncertainties,
};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    fs,
    path::PathBuf,
};
use tempfile::TempDir;

/// A step into a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Member(String),
    Element(usize),
}

pub(crate) type Path = Vec<Step>;

/// A way in which a value is not known.
pub(crate) struct Mutation {
    /// Where, and how, for people.
    pub(crate) what: String,
    pub(crate) path: Path,
    /// The input in which it is unknown.
    pub(crate) open: fn(&mut Value, &Path, usize),
    /// The value that may stand there; nothing where it may be missing.
    pub(crate) fillings: Vec<Option<Value>>,
}

/// A reader with a scenario that it reads.
pub(crate) trait Reader {
    fn name(&self) -> &'static str;
    /// The scenario, everything known.
    fn whole(&self) -> Value;
    /// The answers then.
    fn expected(&self) -> Vec<&'static str>;
    /// What can be unknown.
    fn mutations(&self) -> Vec<Mutation>;
    /// The name of the file.
    fn file(&self) -> &'static str;
    /// The other files.
    fn others(&self) -> Vec<(&'static str, String)>;
    /// The text of the file.
    fn text(&self, input: &Value) -> String {
        input.to_string()
    }
    /// The decisions, in the order of [`Reader::expected`].
    fn decide(&self, loaded: &Loaded) -> Vec<String> {
        let simulator = Simulator::new(&loaded.inventory);
        let questions = QUESTIONS.iter();
        questions
            .map(|(object, ask)| decided(loaded, &simulator, object, ask))
            .collect()
    }
    /// Puts a value at a path, or removes what is there.
    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>);
    /// Whether an input can exist in AWS: a filling that cannot contradicts nothing.
    fn is_possible(&self, _input: &Value) -> bool {
        true
    }
}

/// The pod, and what is asked about which objects.
const QUESTIONS: [(&str, Ask); 4] = [
    ("pay/db", Ask::Read),
    ("pay/db", Ask::Rotate),
    ("pay/other", Ask::Read),
    ("/pay/url", Ask::Read),
];

thread_local! {
    static FOLDERS: RefCell<HashMap<&'static str, TempDir>> = RefCell::default();
}

/// The folder of a reader; its files are written once.
fn folder(reader: &dyn Reader) -> PathBuf {
    FOLDERS.with_borrow_mut(|folders| {
        let folder = folders.entry(reader.name()).or_insert_with(|| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in reader.others() {
                fs::write(folder.path().join(name), text).unwrap();
            }
            folder
        });
        folder.path().to_owned()
    })
}

/// The decisions about one input; nothing where it cannot be read.
pub(crate) fn answers(reader: &dyn Reader, input: &Value) -> Option<Vec<String>> {
    let folder = folder(reader);
    fs::write(folder.join(reader.file()), reader.text(input)).unwrap();
    let options = Options {
        paths: vec![folder],
        ..Options::default()
    };
    let loaded = loader::load(&options).ok()?;
    Some(reader.decide(&loaded))
}

/// Whether all mounts work: `none` where there is no mount, and unknown where an input is not read.
pub(crate) fn mounts(loaded: &Loaded) -> String {
    let simulator = Simulator::new(&loaded.inventory);
    let decisions: Vec<String> = simulator
        .mounts()
        .iter()
        .map(|mount| {
            let question = Question {
                pod: &mount.pod,
                target: Target::Mount(mount),
                ask: &Ask::Read,
                via: None,
                given: &[],
                other: Uncertainties::default(),
            };
            simulator.walk(&question).decision.to_string()
        })
        .collect();
    let is_unread = loaded.files.iter().any(|file| file.unread.is_some());
    if decisions.iter().any(|decision| decision == "refuse") {
        "refuse".to_owned()
    } else if is_unread || decisions.iter().any(|decision| decision == "unknown") {
        "unknown".to_owned()
    } else if decisions.is_empty() {
        "none".to_owned()
    } else {
        "allow".to_owned()
    }
}

fn decided(loaded: &Loaded, simulator: &Simulator<'_>, object: &str, ask: &Ask) -> String {
    let inventory = &loaded.inventory;
    let pods = inventory.find_pods("prod:pay/api");
    let objects = inventory.find_objects(object);
    let (Some(pod), Some(object)) = (pods.first(), objects.first()) else {
        return "unknown".to_owned();
    };
    let walk = simulator.walk(&Question {
        pod,
        target: Target::Object(*object),
        ask,
        via: None,
        given: &[],
        other: Uncertainties::default(),
    });
    walk.decision.to_string()
}

/// Whether one definite answer is contradicted by another.
fn contradicts(open: &str, filled: &str) -> bool {
    let is_allowed = |answer: &str| match answer {
        "allow" => Some(true),
        "unknown" => None,
        _ => Some(false),
    };
    is_allowed(open)
        .zip(is_allowed(filled))
        .is_some_and(|(open, filled)| open != filled)
}

/// Tries each mutation, and pairs of them.
pub(crate) fn check(reader: &dyn Reader) {
    let whole = reader.whole();
    let mutations = reader.mutations();
    let mut report = Report::default();
    for mutation in &mutations {
        try_all(reader, &whole, &[mutation], &mut report);
    }
    let pairs: usize = std::env::var("MUTATIONS").map_or(8, |count| count.parse().unwrap());
    let mut numbers = Numbers(7);
    for _ in 0..pairs {
        let first = &mutations[numbers.below(mutations.len())];
        let second = &mutations[numbers.below(mutations.len())];
        if !first.path.starts_with(&second.path) && !second.path.starts_with(&first.path) {
            // An element that is left out moves those after it.
            let mut pair = [first, second];
            pair.sort_by(|left, right| right.path.cmp(&left.path));
            try_all(reader, &whole, &pair, &mut report);
        }
    }
    println!(
        "{}: {} mutations, {} fillings, {} open answers, {} of them although all fillings agree",
        reader.name(),
        report.mutations,
        report.fillings,
        report.open,
        report.needless
    );
    assert!(report.open > 0, "nothing was left open");
    assert!(
        report.wrong.is_empty(),
        "{} wrong:\n{}",
        report.wrong.len(),
        report.wrong.join("\n")
    );
}

#[derive(Default)]
struct Report {
    mutations: usize,
    fillings: usize,
    open: usize,
    /// Open answers of which every filling gives the same; counted only where more pairs are asked for.
    needless: usize,
    wrong: Vec<String>,
}

fn try_all(reader: &dyn Reader, whole: &Value, mutations: &[&Mutation], report: &mut Report) {
    let mut input = whole.clone();
    for (number, mutation) in mutations.iter().enumerate() {
        (mutation.open)(&mut input, &mutation.path, number);
    }
    report.mutations += 1;
    let Some(open) = answers(reader, &input) else {
        return;
    };
    report.open += open.iter().filter(|answer| *answer == "unknown").count();
    let counts = std::env::var("MUTATIONS").is_ok();
    if !counts && open.iter().all(|answer| answer == "unknown") {
        return;
    }
    let mut filled = vec![(whole.clone(), String::new())];
    for mutation in mutations {
        let mut more = Vec::new();
        for (document, how) in filled {
            for filling in &mutation.fillings {
                let mut document = document.clone();
                reader.fill(&mut document, &mutation.path, filling.clone());
                let shown = filling
                    .as_ref()
                    .map_or_else(|| "nothing".to_owned(), Value::to_string);
                more.push((document, format!("{how} {} = {shown};", mutation.what)));
            }
        }
        filled = more;
    }
    let mut all: Vec<HashSet<String>> = vec![HashSet::new(); open.len()];
    for (document, how) in filled {
        if !reader.is_possible(&document) {
            continue;
        }
        report.fillings += 1;
        let Some(answers) = answers(reader, &document) else {
            continue;
        };
        for (seen, answer) in all.iter_mut().zip(&answers) {
            seen.insert(answer.clone());
        }
        for (question, (open, filled)) in open.iter().zip(&answers).enumerate() {
            if contradicts(open, filled) {
                let wrong = format!("question {question}: {open}, but {filled} with{how}");
                report.wrong.push(wrong);
            }
        }
    }
    let agreed = open
        .iter()
        .zip(&all)
        .filter(|(open, seen)| *open == "unknown" && seen.len() == 1 && !seen.contains("unknown"));
    report.needless += agreed.count();
}

/// The value at a path.
pub(crate) fn at<'v>(document: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(document, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Element(at) => value.get_mut(at),
    })
}

/// Puts a value at a path, or removes what is there.
pub(crate) fn put(document: &mut Value, path: &[Step], value: Option<Value>) {
    let Some((last, before)) = path.split_last() else {
        return;
    };
    let Some(parent) = at(document, before) else {
        return;
    };
    match (last, value) {
        (Step::Member(name), Some(value)) => parent[name] = value,
        (Step::Member(name), None) => {
            parent.as_object_mut().map(|members| members.remove(name));
        }
        (Step::Element(at), Some(value)) => parent[*at] = value,
        (Step::Element(at), None) => {
            parent.as_array_mut().map(|items| items.remove(*at));
        }
    }
}

/// Every value below one, the outer ones first.
pub(crate) fn below(value: &Value, path: &Path, values: &mut Vec<(Path, Value)>) {
    let mut inner = |step: Step, value: &Value| {
        let path = [path.as_slice(), &[step]].concat();
        values.push((path.clone(), value.clone()));
        below(value, &path, values);
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| inner(Step::Member(name.clone()), value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| inner(Step::Element(at), value)),
        _ => {}
    }
}

pub(crate) fn shown(path: &Path) -> String {
    let steps = path.iter().map(|step| match step {
        Step::Member(name) => name.clone(),
        Step::Element(at) => at.to_string(),
    });
    steps.collect::<Vec<_>>().join("/")
}

/// Enough random numbers for a test that must do the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}
