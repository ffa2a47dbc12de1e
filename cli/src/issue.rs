//! A finding with its state after configuration, exceptions and baseline.

use crate::rulebook::{Class, RuleInfo, Severity};
use loader::UNNAMED_ACCOUNT;
use policy_engine::source::{Origin, Position, SourceMap};
use rules::finding::{Finding, Fix, Label, NoFix};

/// A finding as `check` reports it.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Which rule.
    pub rule: RuleInfo,
    /// The severity, after the configuration.
    pub severity: Severity,
    /// The class: break, leak, fragile or style.
    pub class: Class,
    /// The message, one line.
    pub message: String,
    /// The object of the finding.
    pub object: String,
    /// The place to change.
    pub primary: Label,
    /// Other places.
    pub related: Vec<Label>,
    /// Further facts.
    pub notes: Vec<String>,
    /// The change to make.
    pub help: Option<String>,
    /// The change as edits.
    pub fix: Option<Fix>,
    /// Why it has no fix.
    pub no_fix: Option<NoFix>,
    /// Stable under moving and reformatting.
    pub fingerprint: String,
    /// The texts that the places lie in, by number.
    pub world: usize,
    /// The places of the same mistake beside the primary place; each is also a related place.
    pub repeated: Vec<Origin>,
    /// The number of its group, and its number there; none outside of a group.
    pub part: Option<(usize, usize)>,
    /// The findings about the same mistake that it represents.
    pub represents: Vec<Represented>,
    /// Its state.
    pub state: State,
}

/// A finding that another one represents.
#[derive(Clone, Debug)]
pub struct Represented {
    /// Which rule.
    pub rule: RuleInfo,
    /// The severity, after the configuration.
    pub severity: Severity,
    /// The message, one line.
    pub message: String,
    /// The object of the finding.
    pub object: String,
    /// Its identity.
    pub fingerprint: String,
}

/// The state of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is reported.
    Active,
    /// An exception accepts it.
    Suppressed(Exception),
    /// The baseline contains it.
    Baselined,
}

/// The reason why a finding is not reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The reason of the user.
    pub reason: Option<String>,
    /// Whether it is in the source rather than in the configuration.
    pub in_source: bool,
    /// `ascp-policy.toml:12`
    pub place: String,
}

/// A place as the output names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, with `/` between directories.
    pub file: String,
    /// Lines and columns.
    pub position: Position,
    /// The address of the resource, in a plan or state.
    pub address: Option<String>,
}

impl Issue {
    /// A finding of the rules.
    pub fn new(finding: &Finding, world: usize) -> Self {
        let proof = finding.request.as_ref().map(rules::finding::Proof::line);
        Self {
            rule: RuleInfo::of(finding.rule),
            severity: finding.severity,
            class: finding.class,
            message: finding.message.clone(),
            object: finding.object.clone(),
            primary: finding.primary.clone(),
            related: finding.related.clone(),
            notes: finding.notes.iter().cloned().chain(proof).collect(),
            help: finding.help.clone(),
            fix: finding.fix.clone().filter(is_writable),
            no_fix: finding.no_fix(),
            fingerprint: finding.fingerprint.clone(),
            world,
            repeated: finding.repeated.clone(),
            part: None,
            represents: Vec::new(),
            state: State::Active,
        }
    }

    /// Whether it is reported.
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// Its main place.
    pub fn place(&self, sources: &[SourceMap]) -> Option<Place> {
        place(sources, self.world, self.primary.origin)
    }

    /// All places with their labels, the primary place first.
    pub fn places(&self, sources: &[SourceMap]) -> Vec<(Place, String)> {
        std::iter::once(&self.primary)
            .chain(&self.related)
            .filter_map(|label| {
                Some((
                    place(sources, self.world, label.origin)?,
                    label.text.clone(),
                ))
            })
            .collect()
    }
}

impl Represented {
    /// A finding in short.
    pub fn of(issue: &Issue) -> Self {
        Self {
            rule: issue.rule,
            severity: issue.severity,
            message: issue.message.clone(),
            object: issue.object.clone(),
            fingerprint: issue.fingerprint.clone(),
        }
    }
}

/// No edit writes the id that stands for an unknown account.
fn is_writable(fix: &Fix) -> bool {
    let mut edits = fix.edits.iter();
    !edits.any(|(_, text)| text.contains(UNNAMED_ACCOUNT))
}

/// The place of an origin in the texts of a world.
pub fn place(sources: &[SourceMap], world: usize, origin: Origin) -> Option<Place> {
    let sources = sources.get(world)?;
    Some(Place {
        file: sources.name(origin.source).replace('\\', "/"),
        position: sources.position(origin)?,
        address: sources.address(origin).map(str::to_owned),
    })
}
