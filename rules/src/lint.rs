//! Runs the rules over a world.

mod pass;
mod relevance;
mod wording;

use crate::{
    context::Context,
    finding::{Finding, MOUNTED, holds, number},
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

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings, sorted by place and code.
    pub findings: Vec<Finding>,
    /// The rules that did not run, with the missing fact.
    pub skipped: Vec<Skipped>,
    /// The number of mounts.
    pub mounts: usize,
    /// The number of mounts that work.
    pub working: usize,
    /// The mounts that depend on a missing fact.
    pub undecided: Vec<Undecided>,
    /// The uncertainties on which answers depend.
    pub assumed: Uncertainties,
}

/// A rule that did not run: it neither passed nor failed.
#[derive(Clone, Copy, Debug)]
pub struct Skipped {
    /// The rule.
    pub rule: &'static Rule,
    /// The kind of fact that the world lacks.
    pub missing: Need,
}

/// Runs every rule whose facts the world contains. A mistake is reported by one finding.
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
    let findings = pass::run(&entries, &context);
    let causes = walked.findings.into_iter();
    let causes = causes.filter(|cause| !is_off(cause.rule));
    report.findings = merge(causes.collect(), findings);
    report
        .findings
        .sort_by_key(|finding| (finding.primary.origin, finding.rule.code));
    number(&mut report.findings);
    wording::localize(&mut report.findings, sources);
    report
}

/// Whether a world contains a kind of fact.
fn has(context: &Context<'_>, need: Need) -> bool {
    let inventory: &Inventory = context.inventory;
    match need {
        Need::Policies => !context.documents.is_empty(),
        Need::Mounts => !inventory.workloads.is_empty() || !context.simulator.mounts().is_empty(),
        Need::Associations => !inventory.associations.is_empty(),
        Need::Annotations => inventory
            .service_accounts
            .iter()
            .any(|account| account.irsa.is_some()),
        Need::Roles => !inventory.roles.is_empty(),
        Need::Objects => !inventory.secrets.is_empty() || !inventory.parameters.is_empty(),
        Need::Secrets => !inventory.secrets.is_empty(),
        Need::Keys => !inventory.keys.is_empty(),
        Need::Clusters => !inventory.clusters.is_empty(),
        Need::Classes => !inventory.classes.is_empty(),
        Need::Organization => inventory.organization.is_some(),
        Need::Rbac => !inventory.access.bindings.is_empty(),
        Need::Catalog => !context.catalog.is_empty(),
        Need::Promises => context.promises.is_some(),
        Need::Against => context.against.is_some(),
    }
}

/// Joins causes and other findings: of two findings about the same mistake, the more specific is kept.
fn merge(mut causes: Vec<Finding>, findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(causes.len() + findings.len());
    let explains_place = |finding: &Finding| finding.rule.has(Property::ExplainsPlace);
    let explained = findings.iter().filter(|finding| explains_place(finding));
    let places = explained.flat_map(|finding| {
        let others = finding.related.iter().map(|label| label.origin);
        others.chain([finding.primary.origin])
    });
    let explained: HashSet<Origin> = places.collect();
    for finding in findings {
        let is_explained = !explains_place(&finding) && explained.contains(&finding.primary.origin);
        if is_explained || is_reported(&finding, &causes) {
            continue;
        }
        if let Some(cause) = causes.iter_mut().find(|cause| is_of_mount(&finding, cause)) {
            let (code, name) = (finding.rule.code, finding.rule.name);
            cause
                .notes
                .push(format!("also {code} {name}: {}", finding.message));
            continue;
        }
        kept.push(finding);
    }
    causes.retain(|cause| {
        let Some(better) = kept.iter_mut().find(|finding| explains(finding, cause)) else {
            return true;
        };
        better.notes.push(cause.message.clone());
        better.severity = better.severity.min(cause.severity);
        better.related.extend(
            cause
                .related
                .iter()
                .filter(|label| label.text == MOUNTED)
                .cloned(),
        );
        false
    });
    kept.extend(causes);
    unite(gather(kept))
}

/// Joins findings of a rule at a place that have the same change, such as those of each copy that `for_each` or a kustomization makes.
fn unite(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut changes: HashMap<(&str, Origin, String), usize> = HashMap::new();
    for finding in findings {
        let place = finding.primary.origin;
        let next = kept.len();
        let first = match &finding.help {
            Some(help) if place.is_somewhere() => {
                let change = (finding.rule.code, place, help.clone());
                *changes.entry(change).or_insert(next)
            }
            _ => next,
        };
        match kept.get_mut(first) {
            Some(first) => {
                first.severity = first.severity.min(finding.severity);
                if first.message != finding.message {
                    first.notes.push(format!("also: {}", finding.message));
                }
            }
            None => kept.push(finding),
        }
    }
    kept
}

/// Joins findings of rules that report one finding per place, such as those about tampering: a pattern of actions is one mistake, whatever it
/// allows.
fn gather(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut places: HashMap<(Property, Origin), usize> = HashMap::new();
    for finding in findings {
        let next = kept.len();
        let groups = groups(&finding);
        let known = groups.iter().find_map(|group| places.get(group).copied());
        let first = known.unwrap_or(next);
        for group in groups {
            places.entry(group).or_insert(first);
        }
        match kept.get_mut(first) {
            Some(first) if rank(first) <= rank(&finding) => {
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

/// The places at which a finding joins others.
fn groups(finding: &Finding) -> Vec<(Property, Origin)> {
    let place = finding.primary.origin;
    let statement = finding.statement.filter(|own| own.is_somewhere());
    let groups = [
        (Property::OnePerPlace, place),
        (Property::OnePerStatement, statement.unwrap_or(place)),
    ];
    let own = groups.into_iter();
    own.filter(|(property, place)| finding.rule.has(*property) && place.is_somewhere())
        .collect()
}

/// The order of findings at a place.
fn rank(finding: &Finding) -> (Severity, bool) {
    let outranks = finding.rule.has(Property::Outranks);
    (finding.severity, !outranks)
}

/// Whether a cause already reports a finding.
fn is_reported(finding: &Finding, causes: &[Finding]) -> bool {
    causes.iter().any(|cause| {
        let (own, place) = (finding.primary.origin, cause.primary.origin);
        let around = is_in_statement(finding, cause);
        let same = cause.rule == finding.rule && (around || holds(own, place) || holds(place, own));
        let is_reason = finding.rule.has(Property::ExplainsPlace);
        let named = own == place && !is_generic(cause) && !is_reason;
        same || named || around && finding.rule.has(Property::Yields)
    })
}

/// Whether a finding about a role yields to the cause of a mount with the role.
fn is_of_mount(finding: &Finding, cause: &Finding) -> bool {
    let (Some(own), Some(other)) = (&finding.request, &cause.request) else {
        return false;
    };
    finding.rule.has(Property::YieldsToMounts)
        && ["POD", "TAG"].contains(&cause.rule.family())
        && (other.principal == own.resource || other.resource == own.resource)
}

/// Whether the cause is in the statement of a finding. The place of a block of Terraform is its first line.
fn is_in_statement(finding: &Finding, cause: &Finding) -> bool {
    let around = finding.statement.filter(|own| own.is_somewhere());
    around.is_some_and(|around| {
        holds(around, cause.primary.origin) || cause.statement == Some(around)
    })
}

/// Whether a finding names the mistake of which a cause shows only the effect: its place belongs to the places of the cause.
fn explains(finding: &Finding, cause: &Finding) -> bool {
    let own = finding.primary.origin;
    let in_statement = finding.rule.has(Property::NamesMistake) && is_in_statement(finding, cause);
    let places = cause.related.iter().map(|label| label.origin);
    let tested = places
        .into_iter()
        .any(|place| holds(place, own) || holds(own, place));
    let is_reason = finding.rule.has(Property::ExplainsPlace) && own == cause.primary.origin;
    if is_reason && finding.class == Class::Break {
        return true;
    }
    is_generic(cause)
        && (in_statement || finding.class == Class::Break)
        && (in_statement || finding.severity <= Severity::High)
        && (tested
            || in_statement
            || holds(cause.primary.origin, own)
            || is_in_placeholder(finding, cause))
}

/// Whether the place of a cause is in a value that is the reason of all other findings.
fn is_in_placeholder(finding: &Finding, cause: &Finding) -> bool {
    finding.rule.has(Property::ExplainsPlace) && holds(finding.primary.origin, cause.primary.origin)
}

fn is_generic(cause: &Finding) -> bool {
    cause.rule.has(Property::Generic)
}
