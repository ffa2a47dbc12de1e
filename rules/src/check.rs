//! How a rule finds what it flags.

use crate::{context::Context, document::Document, finding::Findings, rule::Rule};
use policy_engine::policy::parse::Mistake;

/// A rule with its check, as the list of its family names it.
pub(crate) struct Entry {
    pub(crate) rule: &'static Rule,
    pub(crate) check: Check,
}

/// How a rule finds what it flags.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    /// The walk of a mount ends here: found by the search for the first cause.
    Cause,
    /// The parser notes it while it reads a document.
    Mistake(&'static [Mistake]),
    /// Looks at each document once.
    Document(fn(&Context<'_>, &Document<'_>, &mut Findings)),
    /// Looks at the whole world.
    World(fn(&Context<'_>, &mut Findings)),
}

/// Declares a rule with its check; its doc comment is its page. `is_off: true` before the needs makes it one that runs only where it is
/// selected.
macro_rules! rule {
    ($(#[doc = $line:literal])+ $code:literal $name:literal, $severity:ident $class:ident $confidence:ident,
     $(is_off: $off:literal,)? $(options: [$($option:ident),*],)? needs: [$($need:ident),*], aws: [$($aws:literal),*], fix: $fix:expr, $check:expr $(;)?) => {
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
            is_off: [$($off,)? false][0],
            page: concat!($($line, "\n"),+),
        };
        pub(super) static ENTRY: crate::check::Entry = crate::check::Entry {
            rule: &RULE,
            check: $check,
        };
    };
}
pub(crate) use rule;
