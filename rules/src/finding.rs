//! A finding: a mistake, its place, and the change.

pub mod group;

pub use crate::rule::Grade;

use crate::rule::{Class, Rule, Severity};
use policy_engine::{
    evaluator::explain::Miss,
    source::{Origin, SourceId},
};
use std::collections::HashMap;

/// A mistake, with its place and the change.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that reports it.
    pub rule: &'static Rule,
    /// How bad it is here; mostly the severity of the rule.
    pub severity: Severity,
    /// The kind of damage here; mostly the class of the rule.
    pub class: Class,
    /// The mistake, as a line of text.
    pub message: String,
    /// The display name of the object that it concerns.
    pub object: String,
    /// The place to change.
    pub primary: Label,
    /// The places of reasons, and other places that belong to it.
    pub related: Vec<Label>,
    /// The places of the same mistake in the same object, beside the primary place; each is also a related place.
    pub repeated: Vec<Origin>,
    /// Further facts, a line each.
    pub notes: Vec<String>,
    /// The change, in words.
    pub help: Option<String>,
    /// The change as edits, if a program can make it.
    pub fix: Option<Fix>,
    /// A request with an unintended decision of the engine.
    pub request: Option<Proof>,
    /// Stays the same when texts move or are formatted.
    pub fingerprint: String,
    /// The statement it is about.
    pub(crate) statement: Option<Origin>,
}

/// A place with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub origin: Origin,
    /// The text at the place.
    pub text: String,
}

/// A change that a program can make.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fix {
    /// How much thought the change needs.
    pub grade: Grade,
    /// The places, each with its new text.
    pub edits: Vec<(Origin, String)>,
}

/// Why a finding has no fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFix {
    /// The change is a decision: several changes repair the mistake, or the mistake is outside of the files.
    Decision,
    /// The rule has a fix for other findings; here the right value is unknown, or it does not belong to one place.
    UnknownValue,
}

impl NoFix {
    /// The reason as a clause.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Decision => "the change is a decision: several changes are possible",
            Self::UnknownValue => "the right value is unknown here",
        }
    }
}

/// A request with the engine's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Whether a rule invented the request, with a principal and a resource that need not exist.
    pub example: bool,
    /// Whether it is allowed.
    pub allowed: bool,
    /// For a Deny: whether it denies the request, whatever else allows it.
    pub denied: Option<bool>,
    /// The caller.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The context keys that matter here.
    pub context: Vec<(String, String)>,
}

/// The label of the place where an object is mounted.
pub(crate) const MOUNTED: &str = "mounted here";

/// A finding that is being written.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) severity: Option<Severity>,
    pub(crate) class: Option<Class>,
    pub(crate) message: String,
    pub(crate) object: String,
    pub(crate) primary: Label,
    pub(crate) related: Vec<Label>,
    pub(crate) repeated: Vec<Origin>,
    pub(crate) notes: Vec<String>,
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
    pub(crate) request: Option<Proof>,
    /// The deciding values, for the fingerprint.
    pub(crate) evidence: Vec<String>,
    /// The element that does not match.
    pub(crate) miss: Option<Miss>,
    /// The statement it is about.
    pub(crate) statement: Option<Origin>,
    /// The place that has at most one finding of the rule: further findings become labels of the first.
    pub(crate) once: Option<Origin>,
    /// Whether it says the same about another object as a draft at its primary place.
    pub(crate) is_repetition: bool,
}

/// A change that allows a request: a decision of the author, so that its edit is unsafe.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// In words.
    pub(crate) help: String,
    /// The place and its new text; `None` if several changes are possible.
    pub(crate) edit: Option<(Origin, String)>,
}

/// The drafts of a rule.
pub(crate) struct Findings {
    rule: &'static Rule,
    drafts: Vec<Draft>,
    /// The number of the draft about an object in a source, at a place that has at most one finding.
    places: HashMap<(Origin, SourceId, String), usize>,
}

impl Finding {
    /// Why it has no fix; `None` if it has one.
    pub fn no_fix(&self) -> Option<NoFix> {
        match (&self.fix, self.rule.fix) {
            (Some(_), _) => None,
            (None, None) => Some(NoFix::Decision),
            (None, Some(_)) => Some(NoFix::UnknownValue),
        }
    }
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
    /// The request as a line of text.
    pub fn line(&self) -> String {
        let word = match (self.denied, self.allowed) {
            (Some(false), _) => "not denied",
            (Some(true), _) => "denied",
            (None, true) => "allowed",
            (None, false) => "not allowed",
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
        let example = if self.example {
            "example of a request that is "
        } else {
            ""
        };
        format!(
            "{example}{word}: {} {} on {}{carried}",
            self.principal, self.action, self.resource
        )
    }
}

impl Change {
    /// A change in words alone.
    pub(crate) fn words(help: impl Into<String>) -> Self {
        Self {
            help: help.into(),
            edit: None,
        }
    }

    /// A change that writes values at a place: one as a scalar, others as a list.
    pub(crate) fn write(help: impl Into<String>, place: Origin, values: &[String]) -> Self {
        let is_plain = |value: &String| !value.contains(['"', '\\', '\n']);
        let quoted: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
        let text = match quoted.as_slice() {
            [only] => only.clone(),
            all => format!("[{}]", all.join(", ")),
        };
        let is_known = place.is_somewhere() && !values.is_empty() && values.iter().all(is_plain);
        Self {
            help: help.into(),
            edit: is_known.then_some((place, text)),
        }
    }

    /// The same change with other words.
    pub(crate) fn says(self, help: impl Into<String>) -> Self {
        Self {
            help: help.into(),
            ..self
        }
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
            repeated: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            request: None,
            evidence: Vec::new(),
            miss: None,
            statement: None,
            once: None,
            is_repetition: false,
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

    /// Adds the place where the object is mounted.
    pub(crate) fn mounted(self, origin: Origin) -> Self {
        self.related(origin, MOUNTED)
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds the element that does not match.
    pub(crate) fn evidence(mut self, miss: &Miss) -> Self {
        self.evidence.push(miss.path.clone());
        self.evidence.extend(miss.key.clone());
        self.evidence.extend(miss.wanted.iter().cloned());
        self.evidence.extend(miss.actual.iter().cloned());
        self.miss = Some(miss.clone());
        self
    }

    /// Adds a deciding value to the fingerprint.
    pub(crate) fn because(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Adds a change: in words, and as an edit if one place decides it.
    pub(crate) fn change(mut self, change: Change) -> Self {
        self.help = Some(change.help);
        self.fix = change.edit.map(|edit| Fix {
            grade: Grade::Unsafe,
            edits: vec![edit],
        });
        self
    }

    /// Adds a fix that writes a text at the primary place.
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

    /// Lets this place have at most one finding of the rule.
    pub(crate) fn once(mut self, place: Origin) -> Self {
        self.once = Some(place);
        self
    }

    /// Adds a draft about the same mistake in the same object.
    fn repeat(&mut self, draft: Self, rule: &Rule) {
        let severity = |draft: &Self| draft.severity.unwrap_or(rule.severity);
        self.severity = Some(severity(self).min(severity(&draft)));
        if self.primary.origin != draft.primary.origin {
            self.repeated.push(draft.primary.origin);
            if self.related.last() != Some(&draft.primary) {
                self.related.push(draft.primary);
            }
        }
        self.evidence.extend(draft.evidence);
        if let (Some(fix), Some(more)) = (&mut self.fix, draft.fix) {
            let more = more.edits.into_iter();
            let new: Vec<_> = more.filter(|edit| !fix.edits.contains(edit)).collect();
            fix.edits.extend(new);
        }
    }

    /// Makes it a finding of a rule.
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
            repeated: self.repeated,
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
            drafts: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds a draft; if its place already has a finding about its object, the draft becomes a label of that finding.
    pub(crate) fn add(&mut self, draft: Draft) {
        let next = self.drafts.len();
        let first = draft.once.map_or(next, |place| {
            let source = draft.primary.origin.source;
            let known = (place, source, draft.object.clone());
            *self.places.entry(known).or_insert(next)
        });
        match self.drafts.get_mut(first) {
            Some(first) => first.repeat(draft, self.rule),
            None => self.drafts.push(draft),
        }
    }

    pub(crate) fn extend(&mut self, drafts: impl IntoIterator<Item = Draft>) {
        drafts.into_iter().for_each(|draft| self.add(draft));
    }

    /// The drafts in their order.
    pub(crate) fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }

    /// The drafts after the first `count`.
    pub(crate) fn since(&mut self, count: usize) -> &mut [Draft] {
        self.drafts.get_mut(count..).unwrap_or_default()
    }
}

/// Makes equal fingerprints different, by a number.
pub(crate) fn number<'f>(findings: impl IntoIterator<Item = &'f mut Finding>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = fingerprint(&[&finding.fingerprint, &count.to_string()]);
        }
    }
}

/// A fingerprint of the parts that identify a finding: code, object, path and evidence, never lines.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    format!("{:016x}", hash(parts))
}

/// FNV-1a over texts, each followed by a zero.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.bytes().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Whether a place contains another place.
pub(crate) fn holds(outer: Origin, inner: Origin) -> bool {
    outer.source == inner.source
        && outer.span.start <= inner.span.start
        && inner.span.end <= outer.span.end
}
