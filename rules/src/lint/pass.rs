//! Runs the checks of rules on the documents of a world, and on the world.

use super::relevance::{is_reachable, matters, matters_here};
use crate::{
    ask::refusal,
    check::{Check, Entry},
    context::Context,
    document::{Document, Owner, concern::is_of_administrators, mistakes::mistakes},
    family::rule_of_class,
    finding::{Draft, Findings, group::Group},
    rule::{Class, Property, Rule, Severity, option::TRUSTED_ADMINS},
    share,
    text::globs::includes,
    world::class_faults::{is_misspelt, repair},
};
use policy_engine::{
    inventory::{ClassFault, class::Mounting},
    policy::PolicyType,
    text::Hole,
};
use std::collections::HashSet;

/// The findings of rules, in the order of the rules.
pub(super) fn run(entries: &[&Entry], context: &Context<'_>) -> Vec<Group> {
    let all = entries.iter().map(|entry| Findings::new(entry.rule));
    let mut all: Vec<_> = all.collect();
    let drafts = share::map(&context.documents, |document| {
        let mut drafts = check_document(entries, context, &document.afresh(), |_| true);
        let is_leak = |rule: &Rule| rule.class == Class::Leak;
        for owned in for_others(context, document) {
            let mut others = check_document(entries, context, &owned, is_leak);
            for (number, others) in &mut others {
                let known = drafts.iter().filter(|(rule, _)| rule == number);
                let known = known.flat_map(|(_, drafts)| drafts);
                let known: HashSet<_> = known.map(|draft| draft.primary.origin).collect();
                for draft in others {
                    draft.is_repetition = known.contains(&draft.primary.origin);
                }
            }
            drafts.extend(others);
        }
        drafts
    });
    // A policy that is attached to an unknown role may be that of a pod.
    let are_attachments_known = context.inventory.roles.iter().all(|role| {
        let open = role.attached.open.as_ref();
        open.is_none_or(Hole::is_unstated)
    });
    for (document, drafts) in context.documents.iter().zip(drafts) {
        let matters = matters(&context.index, &context.pods, document);
        let is_reachable = is_reachable(&context.pods, document);
        for (rule, drafts) in drafts {
            let Some(entry) = entries.get(rule) else {
                continue;
            };
            let is_of_others = is_about_permissions(entry.rule)
                && document.kind != PolicyType::Trust
                && !is_reachable;
            let is_bare = matches!(document.owner, Owner::Nothing)
                && is_about_permissions(entry.rule)
                && are_attachments_known;
            let drafts = drafts.into_iter();
            let drafts = drafts.map(|draft| {
                if !matters {
                    aside(draft, "document")
                } else if is_of_others {
                    of_administrator(draft)
                } else if is_bare && in_administration(document, &draft) {
                    of_nobody(draft)
                } else if !matters_here(entry.rule, document, draft.statement) {
                    aside(draft, "statement")
                } else {
                    draft
                }
            });
            if let Some(findings) = all.get_mut(rule) {
                findings.extend(drafts);
            }
        }
    }
    let all = entries.iter().zip(all).flat_map(|(entry, mut findings)| {
        let rule = entry.rule;
        for check in entry.checks {
            match check {
                Check::World(check) => check(context, &mut findings),
                Check::Class => findings.extend(classes(context, rule)),
                Check::Cause(_)
                | Check::GeneralCause(_)
                | Check::LastCause
                | Check::Mistake(_)
                | Check::Document(_) => {}
            }
        }
        let mut options = rule.options.iter();
        if options.any(|option| option.name == TRUSTED_ADMINS.name) {
            trust(context, rule, findings.since(0));
        }
        Group::all(rule, findings.into_drafts())
    });
    all.collect()
}

/// The most roles for which a shared policy is checked again.
const MOST_OTHERS: usize = 7;

/// A managed policy as that of each further role to which it is attached: another role can lack the boundary or the Deny that limits the
/// first. Roles of pods come first.
fn for_others<'c>(
    context: &Context<'c>,
    document: &Document<'c>,
) -> impl Iterator<Item = Document<'c>> {
    let mut roles = document.sharing.clone();
    roles.sort_by_key(|role| (!context.pods.serve(role), !role.boundary.is_absent()));
    let (kind, policy) = (document.kind, document.policy);
    roles.into_iter().take(MOST_OTHERS).map(move |role| {
        let name = context.inventory.role_name(&role.arn);
        Document::new(kind, policy, Owner::Role(role), name)
    })
}

/// The drafts of rules about a document, with the numbers of the rules.
///
/// All rules check a document before the next document, because they share its computed facts, which are dropped afterwards.
fn check_document(
    entries: &[&Entry],
    context: &Context<'_>,
    document: &Document<'_>,
    is_wanted: impl Fn(&Rule) -> bool,
) -> Vec<(usize, Vec<Draft>)> {
    let each = entries.iter().enumerate();
    let each = each.filter(|(_, entry)| is_wanted(entry.rule));
    let each = each.filter_map(|(number, entry)| {
        let rule = entry.rule;
        let mut findings = Findings::new(rule);
        let is_judged = rule.has(Property::JudgesOversized) || !document.is_beyond();
        for check in entry.checks {
            match check {
                Check::Document(check) if is_judged => check(context, document, &mut findings),
                Check::Mistake(wanted) => findings.extend(mistakes(document, rule, wanted)),
                Check::Document(_)
                | Check::Cause(_)
                | Check::GeneralCause(_)
                | Check::LastCause
                | Check::Class
                | Check::World(_) => {}
            }
        }
        refusal::attach(context, document, rule, findings.since(0));
        let drafts = findings.into_drafts();
        (!drafts.is_empty()).then_some((number, drafts))
    });
    each.collect()
}

/// Whether a rule reports permissions of readers to change what isolates tenants: of a role that pods cannot have they are those of an
/// administrator.
fn is_about_readers(rule: &Rule) -> bool {
    rule.family() == "ESC"
        && rule
            .options
            .iter()
            .any(|option| option.name == TRUSTED_ADMINS.name)
}

/// Gives a finding about a role that no pod can have the lowest severity.
fn of_administrator(draft: Draft) -> Draft {
    draft
        .severity(Severity::Info)
        .note("no pod can have the role: its trust policy allows neither EKS nor roles of pods")
}

/// Whether a rule reports wide permissions, which administrators need.
fn is_about_permissions(rule: &Rule) -> bool {
    let is_wide = ["PRM", "KMS"].contains(&rule.family()) && rule.class == Class::Leak;
    is_about_readers(rule) || is_wide
}

/// Whether the statement of a draft is that of an administrator.
fn in_administration(document: &Document<'_>, draft: &Draft) -> bool {
    let mut statements = document.statements().iter();
    let own = statements.find(|own| Some(own.origin) == draft.statement);
    own.is_some_and(is_of_administrators)
}

/// Gives a finding about a policy of administrators that no role has the lowest severity.
fn of_nobody(draft: Draft) -> Draft {
    draft
        .severity(Severity::Info)
        .note("no role of the sources has this policy, which allows what an administrator needs")
}

/// Gives a finding about a document or a statement on which nothing in the world depends the lowest severity.
fn aside(draft: Draft, what: &str) -> Draft {
    draft.severity(Severity::Info).note(format!(
        "no pod that mounts, no secret and no key depends on this {what}"
    ))
}

/// Gives findings about trusted administrators the lowest severity.
fn trust(context: &Context<'_>, rule: &Rule, drafts: &mut [Draft]) {
    let patterns = context.settings.patterns(rule, &TRUSTED_ADMINS);
    if patterns.is_empty() {
        return;
    }
    let is_trusted = |name: &str| patterns.iter().any(|pattern| includes(pattern, name));
    let roles = context.inventory.roles.iter();
    let trusted = roles.filter(|role| is_trusted(&role.arn));
    let names: HashSet<_> = trusted
        .map(|role| context.inventory.role_name(&role.arn))
        .collect();
    for draft in drafts {
        if is_trusted(&draft.object) || names.contains(&draft.object) {
            draft.severity = Some(Severity::Info);
            draft
                .notes
                .push("the role matches `trusted-admins`".to_owned());
        }
    }
}

/// Drafts for the faults of classes, also of classes that no pod mounts; a rule reports a class once (docs/semantics.md#mounts-of-the-csi-provider).
fn classes(context: &Context<'_>, rule: &Rule) -> Vec<Draft> {
    let inventory = context.inventory;
    let own = inventory
        .classes
        .iter()
        .filter(|class| class.provider == "aws");
    let drafts = own.filter_map(|class| {
        let home = inventory.cluster(&class.cluster);
        let region = home.map_or("", |cluster| cluster.region.as_str());
        let settled = home.is_some() || class.parameter("region").is_some();
        let mounting = Mounting {
            dialect: inventory.dialect(&class.cluster),
            region,
            driver_writes: false,
        };
        // An ARN has another region only if the region of the class is known.
        let is_settled =
            |fault: &ClassFault| settled || !matches!(fault, ClassFault::ArnRegion { .. });
        let faults = class.faults(&mounting).into_iter();
        let mut faults = faults.filter(|fault| {
            rule_of_class(&fault.value) == rule
                && is_settled(&fault.value)
                && !is_misspelt(inventory, class, &fault.value)
        });
        let first = faults.next()?;
        let reason = first.value.to_string();
        let (place, change) = repair(inventory, class, &first);
        let draft = Draft::new(
            &*class.name.value,
            place,
            "rejected by the provider",
            format!(
                "no pod can mount the class `{}`: {reason}",
                class.name.value
            ),
        )
        .because(&*reason)
        .change(change);
        Some(faults.fold(draft, |draft, fault| {
            draft.related(fault.origin, fault.value.to_string())
        }))
    });
    drafts.collect()
}
