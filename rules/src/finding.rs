//! A finding: one cause, where it is written, and what to change.

pub use crate::rule::Grade;

use crate::rule::{Class, Rule, Severity};
use policy_engine::{evaluator::explain::Miss, source::Origin};
use std::collections::HashMap;

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which rule.
    pub rule: &'static Rule,
    /// How bad it is here; mostly as bad as the rule says.
    pub severity: Severity,
    /// What goes wrong here; mostly what the rule says.
    pub class: Class,
    /// What is wrong, in one line.
    pub message: String,
    /// Which object it concerns, by the name people use.
    pub object: String,
    /// What to change.
    pub primary: Label,
    /// Why, and other places that belong to it.
    pub related: Vec<Label>,
    /// Further facts, one a line.
    pub notes: Vec<String>,
    /// The change to make.
    pub help: Option<String>,
    /// The change as edits, where it can be made by a program.
    pub fix: Option<Fix>,
    /// A request that is allowed and should not be, or refused and should not be; decided by the engine.
    pub request: Option<Proof>,
    /// Stable under moving and reformatting.
    pub fingerprint: String,
    /// The statement it is about.
    pub(crate) statement: Option<Origin>,
}

/// A place and what is to see there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub origin: Origin,
    /// What is to see there.
    pub text: String,
}

/// A change that a program can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// How much thought it needs.
    pub grade: Grade,
    /// What to write where.
    pub edits: Vec<(Origin, String)>,
}

/// A request with the engine's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Of a Deny: whether it denies; whether something else allows is left open.
    pub denied: Option<bool>,
    /// Who asks.
    pub principal: String,
    /// For what.
    pub action: String,
    /// On what.
    pub resource: String,
    /// What the request carries that matters here.
    pub context: Vec<(String, String)>,
}

/// A finding that is being written.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) severity: Option<Severity>,
    pub(crate) class: Option<Class>,
    pub(crate) message: String,
    pub(crate) object: String,
    pub(crate) primary: Label,
    pub(crate) related: Vec<Label>,
    pub(crate) notes: Vec<String>,
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
    pub(crate) request: Option<Proof>,
    /// What decides, for the fingerprint.
    pub(crate) evidence: Vec<String>,
    /// The element that refuses.
    pub(crate) miss: Option<Miss>,
    /// The statement it is about.
    pub(crate) statement: Option<Origin>,
    /// What may hold one finding of a rule only: further ones become labels of the first.
    pub(crate) once: Option<Origin>,
}

/// The findings of one rule, while they are found.
pub(crate) struct Findings {
    rule: &'static Rule,
    found: Vec<Draft>,
    /// Which finding stands at a place that holds one only.
    places: HashMap<Origin, usize>,
}

impl Label {
    /// A place with a text.
    pub fn new(origin: Origin, text: impl Into<String>) -> Self {
        Self {
            origin,
            text: text.into(),
        }
    }
}

impl Proof {
    /// The request in one line.
    pub fn line(&self) -> String {
        let word = match (self.denied, self.allowed) {
            (Some(false), _) => "not denied",
            (Some(true), _) => "denied",
            (None, true) => "allowed",
            (None, false) => "refused",
        };
        let carried: Vec<_> = self
            .context
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        let carried = match carried.as_slice() {
            [] => String::new(),
            some => format!(" with {}", some.join(", ")),
        };
        format!(
            "{word}: {} {} on {}{carried}",
            self.principal, self.action, self.resource
        )
    }
}

impl Draft {
    /// A draft about an object, at a place.
    pub(crate) fn new(
        object: impl Into<String>,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: None,
            class: None,
            message: message.into(),
            object: object.into(),
            primary: Label::new(origin, label),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            request: None,
            evidence: Vec::new(),
            miss: None,
            statement: None,
            once: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(mut self, origin: Origin, text: impl Into<String>) -> Self {
        if origin != self.primary.origin && origin.is_somewhere() {
            self.related.push(Label::new(origin, text));
        }
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Rests on an element that refuses.
    pub(crate) fn evidence(mut self, miss: &Miss) -> Self {
        self.evidence.push(miss.path.clone());
        self.evidence.extend(miss.key.clone());
        self.evidence.extend(miss.wanted.iter().cloned());
        self.evidence.extend(miss.found.iter().cloned());
        self.miss = Some(miss.clone());
        self
    }

    /// Adds what decides, for the fingerprint.
    pub(crate) fn because(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// A fix that writes one text at the primary place.
    pub(crate) fn replace(self, grade: Grade, text: impl Into<String>) -> Self {
        let place = self.primary.origin;
        self.fix(Fix {
            grade,
            edits: vec![(place, text.into())],
        })
    }

    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    pub(crate) fn class(mut self, class: Class) -> Self {
        self.class = Some(class);
        self
    }

    pub(crate) fn request(mut self, proof: Option<Proof>) -> Self {
        self.request = proof;
        self
    }

    /// Lets this place hold one finding of the rule only.
    pub(crate) fn once(mut self, place: Origin) -> Self {
        self.once = Some(place);
        self
    }

    /// Turns it into a finding of a rule.
    pub(crate) fn finish(self, rule: &'static Rule) -> Finding {
        let parts: Vec<&str> = [rule.code, self.object.as_str()]
            .into_iter()
            .chain(self.evidence.iter().map(String::as_str))
            .collect();
        Finding {
            fingerprint: fingerprint(&parts),
            rule,
            severity: self.severity.unwrap_or(rule.severity),
            class: self.class.unwrap_or(rule.class),
            message: self.message,
            object: self.object,
            primary: self.primary,
            related: self
                .related
                .into_iter()
                .filter(|label| label.origin.is_somewhere())
                .collect(),
            notes: self.notes,
            help: self.help,
            fix: self.fix,
            request: self.request,
            statement: self.statement,
        }
    }
}

impl Findings {
    pub(crate) fn new(rule: &'static Rule) -> Self {
        Self {
            rule,
            found: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Takes a finding; where its place already holds one, it becomes a label of that one.
    pub(crate) fn add(&mut self, draft: Draft) {
        let next = self.found.len();
        let first = draft
            .once
            .map_or(next, |place| *self.places.entry(place).or_insert(next));
        match self.found.get_mut(first) {
            Some(first) => {
                let is_known = first.related.last() == Some(&draft.primary);
                if first.primary.origin != draft.primary.origin && !is_known {
                    first.related.push(draft.primary);
                }
                first.evidence.extend(draft.evidence);
                if let (Some(fix), Some(more)) = (&mut first.fix, draft.fix) {
                    fix.edits.extend(more.edits);
                }
            }
            None => self.found.push(draft),
        }
    }

    pub(crate) fn extend(&mut self, drafts: impl IntoIterator<Item = Draft>) {
        drafts.into_iter().for_each(|draft| self.add(draft));
    }

    pub(crate) fn into_drafts(self) -> Vec<Draft> {
        self.found
    }

    /// The findings behind the first ones.
    pub(crate) fn since(&mut self, count: usize) -> &mut [Draft] {
        self.found.get_mut(count..).unwrap_or_default()
    }

    pub(crate) fn finish(self) -> impl Iterator<Item = Finding> {
        let rule = self.rule;
        self.found.into_iter().map(move |draft| draft.finish(rule))
    }
}

/// Makes fingerprints that several findings share their own by counting.
pub(crate) fn number(findings: &mut [Finding]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = fingerprint(&[&finding.fingerprint, &count.to_string()]);
        }
    }
}

/// A fingerprint over what makes a finding itself: code, object, path and evidence, never lines.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    format!("{:016x}", hash(parts))
}

/// FNV-1a over texts, each closed by a zero.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.bytes().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Whether one place lies in another.
pub(crate) fn holds(outer: Origin, inner: Origin) -> bool {
    outer.source == inner.source
        && outer.span.start <= inner.span.start
        && inner.span.end <= outer.span.end
}
