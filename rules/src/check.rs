//! The checks of rules.

use crate::{
    context::Context, document::Document, finding::Findings, mount::cause::Find, rule::Rule,
};
use policy_engine::policy::parse::Mistake;

/// A family of rules.
pub(crate) struct Family {
    /// The three letters with which the codes of its rules begin.
    pub(crate) prefix: &'static str,
    /// Its subject, for the index of the pages.
    pub(crate) theme: &'static str,
    pub(crate) rules: &'static [&'static Entry],
}

/// A rule with its checks, as the list of its family names it.
pub(crate) struct Entry {
    pub(crate) rule: &'static Rule,
    pub(crate) checks: &'static [Check],
}

/// A check of a rule.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    /// Finds a special cause of a mount that is not allowed.
    Cause(Find),
    /// Finds the cause of a mount where no special cause is found.
    GeneralCause(Find),
    /// Reports a mount that is not allowed where no other rule does.
    LastCause,
    /// Reports faults of a class, for which the provider refuses it.
    Class,
    /// Reports mistakes that the parser noted in a document.
    Mistake(&'static [Mistake]),
    /// Examines each document.
    Document(fn(&Context<'_>, &Document<'_>, &mut Findings)),
    /// Examines the whole world.
    World(fn(&Context<'_>, &mut Findings)),
}

/// Declares a rule with its checks; its doc comment is its page. With `is_off: true` before the needs, it runs only if it is selected.
macro_rules! rule {
    ($(#[doc = $line:literal])+ $code:literal $name:literal, $severity:ident $class:ident $confidence:ident,
     $(is_off: $off:literal,)? $(properties: [$($property:ident),*],)? $(options: [$($option:ident),*],)? needs: [$($need:ident),*], aws: [$($aws:literal),*], fix: $fix:expr, $($check:expr),+;) => {
        $(#[doc = $line])+
        pub(crate) static RULE: crate::rule::Rule = crate::rule::Rule {
            code: $code,
            name: $name,
            severity: crate::rule::Severity::$severity,
            class: crate::rule::Class::$class,
            confidence: crate::rule::Confidence::$confidence,
            needs: &[$(crate::rule::Need::$need),*],
            aws: &[$($aws),*],
            fix: $fix,
            options: &[$($(&crate::rule::option::$option),*)?],
            properties: &[$($(crate::rule::Property::$property),*)?],
            is_off: [$($off,)? false][0],
            page: concat!($($line, "\n"),+),
        };
        pub(super) static ENTRY: crate::check::Entry = crate::check::Entry {
            rule: &RULE,
            checks: &[$($check),+],
        };
    };
}
pub(crate) use rule;
