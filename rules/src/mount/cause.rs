//! The cause of a mount that is not allowed: the rule that reports it, and the line to change.

mod case;
mod chain;
mod key_policy;
mod policies;
mod refusal;
mod tags;
mod trust;

pub(crate) use case::{Case, describe, nearest, quoted};
pub(crate) use policies::{Ground, names_unknown_role};
pub(crate) use refusal::Refusal;
pub(crate) use tags::TagTest;

use crate::{finding::Draft, rule::Rule};
use policy_engine::{inventory::ClassFault, simulator::Fault};

/// Finds one cause; `None` where the reason is another one.
pub(crate) type Find = fn(&Case<'_>, &Refusal<'_>) -> Option<Draft>;

/// The rules that report causes, with their functions.
pub(crate) struct Causes {
    /// Asked first. At most one of them finds something.
    pub(crate) special: Vec<(&'static Rule, Find)>,
    /// Asked where no special cause is found. At most one of them finds something.
    pub(crate) general: Vec<(&'static Rule, Find)>,
    /// Reports what is left.
    pub(crate) last: &'static LastCause,
    /// The rule of each fault of a class.
    pub(crate) class: fn(&ClassFault) -> &'static Rule,
}

/// The rule that reports what no other rule does.
pub(crate) struct LastCause {
    pub(crate) rule: &'static Rule,
    pub(crate) find: fn(&Case<'_>, &Refusal<'_>) -> Draft,
}

/// What a rule reports as the cause.
pub(crate) struct Cause {
    pub(crate) rule: &'static Rule,
    pub(crate) draft: Draft,
}

impl Causes {
    /// The cause of a stage that is not allowed.
    pub(crate) fn find(&self, case: &Case<'_>) -> Cause {
        let refusal = Refusal::of(case);
        if let Refusal::Fault(Fault::Class(fault)) = refusal {
            return Cause {
                rule: (self.class)(fault),
                draft: class(case, fault),
            };
        }
        let special = only(&self.special, case, &refusal);
        let found = special.or_else(|| only(&self.general, case, &refusal));
        found.unwrap_or_else(|| Cause {
            rule: self.last.rule,
            draft: (self.last.find)(case, &refusal),
        })
    }
}

/// What the only one of some rules finds.
fn only(causes: &[(&'static Rule, Find)], case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Cause> {
    let mut found = causes.iter().filter_map(|(rule, find)| {
        let draft = find(case, refusal)?;
        Some(Cause { rule, draft })
    });
    let first = found.next()?;
    debug_assert!(
        found.next().is_none(),
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
    case.at(case.decided(), "refused by the provider", message)
        .related(case.mount.name.origin, "this object")
        .help(fault.help())
}
