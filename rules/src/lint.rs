//! Runs the rules over a world.

mod pass;
mod relevance;
mod wording;

use crate::{
    context::Context,
    finding::{
        Finding,
        group::{Group, Part},
        holds, number,
    },
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
    /// The findings, sorted by place and code; each represents those of its group.
    pub findings: Vec<Finding>,
    /// All findings, those about one mistake in a group; in the order of `findings`.
    pub groups: Vec<Group>,
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
    let walked = survey::check(
        simulator,
        &context.index,
        options,
        &context.settings,
        causes,
    );
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
    let causes = causes.filter(|cause| !is_off(cause.first.rule));
    let mut groups = merge(causes.collect(), findings);
    groups.sort_by_key(|group| (group.first.primary.origin, group.first.rule.code));
    // The number of a finding that is reported does not depend on those that it represents.
    let (mut firsts, mut others) = (Vec::new(), Vec::new());
    for group in &mut groups {
        firsts.push(&mut group.first);
        others.extend(group.others.iter_mut().map(|member| &mut member.finding));
    }
    number(firsts.into_iter().chain(others));
    let findings = groups.iter_mut().flat_map(Group::findings_mut);
    wording::localize(findings, sources, context.inventory);
    let shown = groups.iter().filter_map(|group| group.shown(|_| true));
    report.findings = shown.map(|(_, finding)| finding).collect();
    report.groups = groups;
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

/// Joins causes and other findings: of two findings about the same mistake, the more specific represents the other.
fn merge(mut causes: Vec<Group>, groups: Vec<Group>) -> Vec<Group> {
    let mut kept: Vec<Group> = Vec::with_capacity(causes.len() + groups.len());
    let explains_place = |finding: &Finding| finding.rule.has(Property::ExplainsPlace);
    let firsts = groups.iter().map(|group| &group.first);
    let places = firsts
        .filter(|finding| explains_place(finding))
        .flat_map(|finding| {
            let others = finding.related.iter().map(|label| label.origin);
            others.chain([finding.primary.origin])
        });
    let explained: HashSet<Origin> = places.collect();
    for group in groups {
        let finding = &group.first;
        // What a value that is not known yet seems to be is no mistake.
        if !explains_place(finding) && explained.contains(&finding.primary.origin) {
            continue;
        }
        let mut known = causes.iter_mut();
        if let Some(cause) = known.find(|cause| is_reported(finding, &cause.first)) {
            // A leak beside what breaks a mount is another mistake.
            let is_other = finding.rule != cause.first.rule && finding.class == Class::Leak;
            let part = if is_other { Part::Also } else { Part::Same };
            cause.add(group, part);
            continue;
        }
        let mut known = causes.iter_mut();
        match known.find(|cause| is_of_mount(finding, &cause.first)) {
            Some(cause) => cause.add(group, Part::Also),
            None => kept.push(group),
        }
    }
    let mut others = Vec::new();
    for cause in causes {
        let mut known = kept.iter_mut();
        match known.find(|group| explains(&group.first, &cause.first)) {
            Some(better) => better.add(cause, Part::Effect),
            None => others.push(cause),
        }
    }
    kept.extend(others);
    unite(gather(kept))
}

/// Joins findings of a rule at a place that have the same change, such as those of each copy that `for_each` or a kustomization makes.
fn unite(groups: Vec<Group>) -> Vec<Group> {
    let mut kept: Vec<Group> = Vec::with_capacity(groups.len());
    let mut changes: HashMap<(&str, Origin, String), usize> = HashMap::new();
    for group in groups {
        let finding = &group.first;
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
            Some(first) => first.add(group, Part::Copy),
            None => kept.push(group),
        }
    }
    kept
}

/// Joins findings of rules that report one finding per place, such as those about tampering: a pattern of actions is one mistake, whatever it
/// allows.
fn gather(groups: Vec<Group>) -> Vec<Group> {
    let mut kept: Vec<Group> = Vec::with_capacity(groups.len());
    let mut known: HashMap<(Property, Origin), usize> = HashMap::new();
    for mut group in groups {
        let next = kept.len();
        let places = places(&group.first);
        let first = places.iter().find_map(|place| known.get(place).copied());
        let first = first.unwrap_or(next);
        for place in places {
            known.entry(place).or_insert(first);
        }
        match kept.get_mut(first) {
            Some(first) => {
                if rank(&group) < rank(first) {
                    std::mem::swap(first, &mut group);
                }
                first.add(group, Part::Also);
            }
            None => kept.push(group),
        }
    }
    kept
}

/// The places at which a finding joins others.
fn places(finding: &Finding) -> Vec<(Property, Origin)> {
    let place = finding.primary.origin;
    let statement = finding.statement.filter(|own| own.is_somewhere());
    let places = [
        (Property::OnePerPlace, place),
        (Property::OnePerStatement, statement.unwrap_or(place)),
        (Property::OneSeparation, statement.unwrap_or(place)),
    ];
    let places = places.into_iter();
    places
        .filter(|(property, place)| finding.rule.has(*property) && place.is_somewhere())
        .collect()
}

/// The order of findings at a place.
fn rank(group: &Group) -> (Severity, bool) {
    let outranks = group.first.rule.has(Property::Outranks);
    (group.severity(), !outranks)
}

/// Whether a cause already reports a finding.
fn is_reported(finding: &Finding, cause: &Finding) -> bool {
    let (own, place) = (finding.primary.origin, cause.primary.origin);
    let around = is_in_statement(finding, cause);
    let same = cause.rule == finding.rule && (around || holds(own, place) || holds(place, own));
    let is_reason = finding.rule.has(Property::ExplainsPlace);
    let named = own == place && !is_generic(cause) && !is_reason;
    same || named || around && finding.rule.has(Property::Yields)
}

/// Whether a finding about a role yields to the cause of a mount with the role.
fn is_of_mount(finding: &Finding, cause: &Finding) -> bool {
    let (Some(own), Some(other)) = (&finding.request, &cause.request) else {
        return false;
    };
    finding.rule.has(Property::YieldsToMounts)
        && is_in_statement(finding, cause)
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
        && (in_statement || is_grave(finding))
        && (tested
            || in_statement
            || holds(cause.primary.origin, own)
            || is_in_placeholder(finding, cause))
}

/// Whether a finding names what fails for certain; the age of the catalog makes it less severe, and not less likely.
fn is_grave(finding: &Finding) -> bool {
    finding.severity <= Severity::High
        || finding.rule.severity <= Severity::High && finding.severity == Severity::Medium
}

/// Whether the place of a cause is in a value that is the reason of all other findings.
fn is_in_placeholder(finding: &Finding, cause: &Finding) -> bool {
    finding.rule.has(Property::ExplainsPlace) && holds(finding.primary.origin, cause.primary.origin)
}

fn is_generic(cause: &Finding) -> bool {
    cause.rule.has(Property::Generic)
}
