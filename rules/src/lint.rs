//! Runs the rules over a world.

mod pass;

use crate::{
    context::Context,
    finding::{Finding, holds, number},
    mount::survey,
    registry,
    rule::{Class, Need, Property, Rule, Severity},
};
use policy_engine::{
    inventory::Inventory,
    simulator::Simulator,
    source::{Origin, SourceMap},
    uncertainty::Uncertainties,
};
use std::collections::{HashMap, HashSet};

pub use crate::{input::Options, mount::survey::Undecided};

/// What was found in a world.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings by place; of one place, by code.
    pub findings: Vec<Finding>,
    /// Rules that were not evaluated, with the fact that is missing.
    pub skipped: Vec<Skipped>,
    /// How many mounts there are.
    pub mounts: usize,
    /// How many of them work.
    pub working: usize,
    /// The mounts that depend on a missing fact.
    pub undecided: Vec<Undecided>,
    /// Which uncertainties the answers rest on.
    pub assumed: Uncertainties,
}

/// A rule that was not evaluated: neither passed nor failed.
#[derive(Clone, Copy, Debug)]
pub struct Skipped {
    /// The rule.
    pub rule: &'static Rule,
    /// The kind of fact that the world lacks.
    pub missing: Need,
}

/// Runs every rule whose facts are there; one mistake gives one finding.
pub fn lint<'a>(
    simulator: &'a Simulator<'a>,
    sources: &'a SourceMap,
    options: &Options<'a>,
) -> Report {
    let causes = registry::causes();
    let context = Context::new(simulator, sources, options, causes);
    let walked = survey::check(simulator, options, &context.settings, causes);
    let mut report = Report {
        mounts: walked.count,
        working: walked.working,
        undecided: walked.undecided,
        assumed: walked.assumed,
        ..Report::default()
    };
    let is_off = |rule: &Rule| {
        options
            .off
            .map_or(rule.is_off, |off| off.contains(&rule.code))
    };
    let mut entries = Vec::new();
    for entry in registry::entries() {
        let rule = entry.rule;
        let missing = rule.needs.iter().find(|need| !has(&context, **need));
        match missing {
            _ if is_off(rule) => {}
            Some(missing) => report.skipped.push(Skipped {
                rule,
                missing: *missing,
            }),
            None => entries.push(*entry),
        }
    }
    let found = pass::run(&entries, &context);
    let causes = walked.findings.into_iter();
    let causes = causes.filter(|cause| !is_off(cause.rule));
    report.findings = merge(causes.collect(), found);
    report
        .findings
        .sort_by_key(|finding| (finding.primary.origin, finding.rule.code));
    number(&mut report.findings);
    report
}

/// Whether a world has a kind of fact at all.
fn has(context: &Context<'_>, need: Need) -> bool {
    let inventory: &Inventory = context.inventory;
    match need {
        Need::Policies => !context.documents.is_empty(),
        Need::Mounts => !inventory.workloads.is_empty() || !context.simulator.mounts().is_empty(),
        Need::Associations => !inventory.associations.is_empty(),
        Need::Annotations => inventory
            .service_accounts
            .iter()
            .any(|one| one.irsa.is_some()),
        Need::Roles => !inventory.roles.is_empty(),
        Need::Objects => !inventory.secrets.is_empty() || !inventory.parameters.is_empty(),
        Need::Secrets => !inventory.secrets.is_empty(),
        Need::Keys => !inventory.keys.is_empty(),
        Need::Clusters => !inventory.clusters.is_empty(),
        Need::Classes => !inventory.classes.is_empty(),
        Need::Organization => inventory.organization.is_some(),
        Need::Rbac => !inventory.access.bindings.is_empty(),
        Need::Catalogue => !context.catalogue.is_empty(),
        Need::Promises => context.promises.is_some(),
        Need::Against => context.against.is_some(),
    }
}

/// Joins what the mounts and the rules say: of two findings about one mistake the one that names it stays.
fn merge(mut causes: Vec<Finding>, found: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(causes.len() + found.len());
    // What a template left behind is wrong in many ways, and that it was left behind says why.
    let is_left = |one: &&Finding| one.rule.has(Property::ExplainsPlace);
    let left: HashSet<Origin> = found
        .iter()
        .filter(is_left)
        .map(|one| one.primary.origin)
        .collect();
    for finding in found {
        let follows = !is_left(&&finding) && left.contains(&finding.primary.origin);
        if follows || is_said(&finding, &causes) {
            continue;
        }
        kept.push(finding);
    }
    causes.retain(|cause| {
        let Some(better) = kept.iter_mut().find(|finding| explains(finding, cause)) else {
            return true;
        };
        better.notes.push(cause.message.clone());
        better.related.extend(
            cause
                .related
                .iter()
                .filter(|label| label.text == "mounted here")
                .cloned(),
        );
        false
    });
    kept.extend(causes);
    gather(kept)
}

/// Leaves one finding of tampering at a place: an action pattern that allows many ways is one mistake.
fn gather(found: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(found.len());
    let mut places: HashMap<Origin, usize> = HashMap::new();
    for finding in found {
        let next = kept.len();
        let first = if finding.rule.has(Property::OnePerPlace) {
            *places.entry(finding.primary.origin).or_insert(next)
        } else {
            next
        };
        match kept.get_mut(first) {
            Some(first) if first.severity <= finding.severity => {
                let (code, name) = (finding.rule.code, finding.rule.name);
                first
                    .notes
                    .push(format!("also {code} {name}: {}", finding.message));
            }
            Some(first) => {
                let (code, name) = (first.rule.code, first.rule.name);
                let note = format!("also {code} {name}: {}", first.message);
                *first = finding;
                first.notes.push(note);
            }
            None => kept.push(finding),
        }
    }
    kept
}

/// Whether a cause already is what a rule found.
fn is_said(finding: &Finding, causes: &[Finding]) -> bool {
    causes.iter().any(|cause| {
        let (own, place) = (finding.primary.origin, cause.primary.origin);
        let around = finding.statement.is_some_and(|around| holds(around, place));
        let same = cause.rule == finding.rule && (around || holds(own, place) || holds(place, own));
        let named = own == place && !is_bare(cause);
        same || named
    })
}

/// Whether a finding names the mistake of which a cause shows only the effect: it lies in what the cause points at.
fn explains(finding: &Finding, cause: &Finding) -> bool {
    let own = finding.primary.origin;
    let places = cause.related.iter().map(|label| label.origin);
    let tested = places
        .into_iter()
        .any(|place| holds(place, own) || holds(own, place));
    is_bare(cause)
        && finding.class == Class::Break
        && finding.severity <= Severity::High
        && (tested || holds(cause.primary.origin, own) || is_left_over(finding, cause))
}

/// Whether a cause lies in a value that a template left behind.
fn is_left_over(finding: &Finding, cause: &Finding) -> bool {
    finding.rule.has(Property::ExplainsPlace) && holds(finding.primary.origin, cause.primary.origin)
}

fn is_bare(cause: &Finding) -> bool {
    cause.rule.has(Property::Generic)
}
