//! The cause of a mount that is not allowed: the rule that reports it, and the line to change.

mod case;
mod chain;
mod change;
mod ground;
mod key_policy;
mod policies;
mod refusal;
mod repair;
mod tags;
mod target;
mod trust;

pub(crate) use case::{Case, describe, nearest, quoted};
pub(crate) use change::allowing;
pub(crate) use ground::Ground;
pub(crate) use refusal::Refusal;
pub(crate) use repair::names_unknown_role;
pub(crate) use tags::{ObjectTest, TagTest};

use crate::{
    finding::{Change, Draft},
    rule::Rule,
    world::class_faults::repair,
};
use policy_engine::{inventory::ClassFault, simulator::Fault, source::Spanned};

/// Returns the draft of a cause; `None` if the reason is different.
pub(crate) type Find = fn(&Case<'_>, &Refusal<'_>) -> Option<Draft>;

/// The rules that report causes, with their functions.
pub(crate) struct Causes {
    /// Called first. At most one of them returns a draft.
    pub(crate) special: Vec<(&'static Rule, Find)>,
    /// Called if no special cause is found. At most one of them returns a draft.
    pub(crate) general: Vec<(&'static Rule, Find)>,
    /// Called if no other rule returns a draft.
    pub(crate) last: &'static LastCause,
    /// The rule of each fault of a class.
    pub(crate) class: fn(&ClassFault) -> &'static Rule,
}

/// The rule that reports what no other rule does.
pub(crate) struct LastCause {
    pub(crate) rule: &'static Rule,
    pub(crate) find: fn(&Case<'_>, &Refusal<'_>) -> Draft,
}

/// A rule with its draft.
pub(crate) struct Cause {
    pub(crate) rule: &'static Rule,
    pub(crate) draft: Draft,
}

impl Causes {
    /// The cause of a stage that is not allowed.
    pub(crate) fn find(&self, case: &Case<'_>) -> Cause {
        let refusal = Refusal::of(case);
        let special = only(&self.special, case, &refusal);
        if let (Refusal::Fault(Fault::Class(fault)), None) = (&refusal, &special) {
            return Cause {
                rule: (self.class)(fault),
                draft: class(case, fault),
            };
        }
        let cause = special.or_else(|| only(&self.general, case, &refusal));
        let mut cause = cause.unwrap_or_else(|| Cause {
            rule: self.last.rule,
            draft: (self.last.find)(case, &refusal),
        });
        let statement = refusal
            .place_of_statement()
            .filter(|place| place.is_somewhere());
        cause.draft.statement = cause.draft.statement.or(statement);
        cause
    }
}

/// The draft of the only rule that returns one.
fn only(causes: &[(&'static Rule, Find)], case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Cause> {
    let mut drafted = causes.iter().filter_map(|(rule, find)| {
        let draft = find(case, refusal)?;
        Some(Cause { rule, draft })
    });
    let first = drafted.next()?;
    debug_assert!(
        drafted.next().is_none(),
        "{} is not the only cause of: {}",
        first.rule.code,
        first.draft.message
    );
    Some(first)
}

/// A class that the provider refuses.
fn class(case: &Case<'_>, fault: &ClassFault) -> Draft {
    let class = case.stage.asked.join(" ");
    let message = format!(
        "{} cannot mount the class `{class}`: {fault}",
        case.names.pod
    );
    let fault = Spanned::new(fault.clone(), case.decided());
    let (place, change) = match case.mount.class {
        Some((class, _)) => repair(case.inventory, class, &fault),
        None => (fault.origin, Change::words(fault.value.help())),
    };
    case.at(place, "rejected by the provider", message)
        .related(case.mount.name.origin, "this object")
        .change(change)
}
