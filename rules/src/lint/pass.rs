//! One pass of some rules over the documents of a world, and over the world itself.

use crate::{
    ask::refusal,
    check::{Check, Entry},
    context::Context,
    document::{Document, mistakes::mistakes},
    family::rule_of_class,
    finding::{Draft, Finding, Findings},
    rule::{Property, Rule, Severity, option::TRUSTED_ADMINS},
    share,
    text::globs::includes,
};
use policy_engine::inventory::{ClassFault, class::Mounting};

/// What rules find, in the order of the rules.
pub(super) fn run(entries: &[&Entry], context: &Context<'_>) -> Vec<Finding> {
    let found = entries.iter().map(|entry| Findings::new(entry.rule));
    let mut found: Vec<_> = found.collect();
    let drafts = share::map(&context.documents, |document| {
        look(entries, context, document)
    });
    for (rule, drafts) in drafts.into_iter().flatten() {
        if let Some(findings) = found.get_mut(rule) {
            findings.extend(drafts);
        }
    }
    let all = entries.iter().zip(found).flat_map(|(entry, mut findings)| {
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
        if rule
            .options
            .iter()
            .any(|one| one.name == TRUSTED_ADMINS.name)
        {
            trust(context, rule, findings.since(0));
        }
        findings.finish()
    });
    all.collect()
}

/// What the rules about documents find in one, with the numbers of the rules.
///
/// All of them look at it before the next one: what one of them found out about it serves the others, and goes with it.
fn look(
    entries: &[&Entry],
    context: &Context<'_>,
    document: &Document<'_>,
) -> Vec<(usize, Vec<Draft>)> {
    let document = document.afresh();
    let each = entries.iter().enumerate().filter_map(|(number, entry)| {
        let rule = entry.rule;
        let mut findings = Findings::new(rule);
        let is_judged = rule.has(Property::JudgesOversized) || !document.is_beyond();
        for check in entry.checks {
            match check {
                Check::Document(check) if is_judged => check(context, &document, &mut findings),
                Check::Mistake(wanted) => findings.extend(mistakes(&document, rule, wanted)),
                Check::Document(_)
                | Check::Cause(_)
                | Check::GeneralCause(_)
                | Check::LastCause
                | Check::Class
                | Check::World(_) => {}
            }
        }
        refusal::attach(context, &document, rule, findings.since(0));
        let drafts = findings.into_drafts();
        (!drafts.is_empty()).then_some((number, drafts))
    });
    each.collect()
}

/// Lets findings about roles that are meant to administer weigh least.
fn trust(context: &Context<'_>, rule: &Rule, drafts: &mut [Draft]) {
    let patterns = context.settings.patterns(rule, &TRUSTED_ADMINS);
    if patterns.is_empty() {
        return;
    }
    let is_trusted = |name: &str| patterns.iter().any(|pattern| includes(pattern, name));
    for draft in drafts {
        let mut roles = context.inventory.roles.iter();
        let mut by_arn = || {
            roles.any(|role| {
                is_trusted(&role.arn) && context.inventory.role_name(&role.arn) == draft.object
            })
        };
        if is_trusted(&draft.object) || by_arn() {
            draft.severity = Some(Severity::Info);
            draft
                .notes
                .push("it is one of the trusted administrators".to_owned());
        }
    }
}

/// What the provider refuses in a class, also where no pod mounts it; several of one kind in a class are one finding.
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
        // Whether an ARN is of another region can be said only where the own one is known.
        let is_settled =
            |fault: &ClassFault| settled || !matches!(fault, ClassFault::ArnRegion { .. });
        let faults = class.faults(&mounting).into_iter();
        let mut faults =
            faults.filter(|fault| rule_of_class(&fault.value) == rule && is_settled(&fault.value));
        let first = faults.next()?;
        let reason = first.value.to_string();
        let draft = Draft::new(
            &*class.name.value,
            first.origin,
            "refused by the provider",
            format!(
                "nobody can mount the class `{}`: {reason}",
                class.name.value
            ),
        )
        .because(&*reason)
        .help(first.value.help());
        Some(faults.fold(draft, |draft, fault| {
            draft.related(fault.origin, fault.value.to_string())
        }))
    });
    drafts.collect()
}
