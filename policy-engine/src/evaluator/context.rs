//! The condition keys of a request, as one policy sees them.

use crate::{
    key::Key,
    policy::set::ConditionTest,
    request::{Context, ContextValue, Principal, Request},
    syntax::{
        glob::{Resolve, Resolved},
        variable::Variable,
    },
    text::Text,
    uncertainty::{Uncertainties, Uncertainty},
};
use std::{cell::Cell, sync::Arc};

/// Looks keys up, and records the uncertainties that the lookup touched.
pub(super) struct View<'a> {
    context: &'a Context,
    /// The ARN of the caller's role without and with an unknown path, if the request does not state the path.
    role_with_path: Option<(&'a Text, &'a Text)>,
    /// The uncertainties for which the other branch applies.
    other: Uncertainties,
    touched: Cell<Uncertainties>,
    /// A key policy does not see the tags and aliases of its key (U-27).
    key_policy: Cell<bool>,
}

/// The value of a key in a request.
#[derive(Clone, Copy)]
pub(super) enum Lookup<'a> {
    Absent,
    Single(&'a Text),
    Multi(&'a [Text]),
    Unknown(&'a Arc<str>),
}

impl<'a> View<'a> {
    pub(super) fn new(request: &'a Request, other: Uncertainties) -> Self {
        Self {
            context: &request.context,
            role_with_path: match &request.principal {
                Principal::Session { role, .. } => {
                    let open = request.traits.role_with_path.as_ref();
                    open.map(|open| (role, open))
                }
                _ => None,
            },
            other,
            touched: Cell::new(Uncertainties::NONE),
            key_policy: Cell::new(false),
        }
    }

    /// The ARN of the caller's role with an unknown path, for a key that contains the ARN as it follows from the session.
    ///
    /// AWS: docs/semantics.md#callers
    pub(super) fn role_with_path(&self, key: &Key, value: &Text) -> Option<&'a Text> {
        let (plain, open) = self.role_with_path?;
        (key.is("aws:PrincipalArn") && value == plain).then_some(open)
    }

    /// Sets whether the evaluated policy is a key policy.
    pub(super) fn set_key_policy(&self, key_policy: bool) {
        self.key_policy.set(key_policy);
    }

    pub(super) fn touched(&self) -> Uncertainties {
        self.touched.get()
    }

    /// Records an uncertainty, and returns whether its other branch applies.
    pub(super) fn takes_other(&self, entry: Uncertainty) -> bool {
        self.touched.set(self.touched.get().with(entry));
        self.other.contains(entry)
    }

    /// The default of an uncertainty, or the result of its other branch; records nothing when both are the same.
    pub(super) fn choose<T: PartialEq>(&self, entry: Uncertainty, default: T, other: T) -> T {
        if default == other || !self.takes_other(entry) {
            default
        } else {
            other
        }
    }

    /// The value of the key of a test; `None` where a hole in its name may make it any key, carried or not.
    pub(super) fn tested(&self, test: &ConditionTest) -> Option<Lookup<'a>> {
        match &test.holed_key {
            Some(key) => self.context.holed(key).map(Lookup::Single),
            None => Some(self.lookup(&test.key)),
        }
    }

    pub(super) fn lookup(&self, key: &Key) -> Lookup<'a> {
        let (mut value, otherwise) = self.context.get(key);
        if let Some((entry, other)) = otherwise
            && self.takes_other(entry)
        {
            value = other;
        }
        let lookup = match value {
            ContextValue::Single(text) => Lookup::Single(text),
            ContextValue::Multi(texts) => Lookup::Multi(texts),
            ContextValue::Unknown(reason) => Lookup::Unknown(reason),
            ContextValue::Absent => match self.context.open_reason(key) {
                Some(reason) => Lookup::Unknown(reason),
                None => return Lookup::Absent,
            },
        };
        let hidden = self.key_policy.get()
            && (key.is("kms:ResourceAliases") || key.strip_prefix("aws:ResourceTag/").is_some())
            && !self.takes_other(Uncertainty::KEY_TAGS_IN_KEY_POLICY);
        if hidden { Lookup::Absent } else { lookup }
    }
}

impl Resolve for View<'_> {
    fn resolve(&self, variable: &Variable) -> Resolved<'_> {
        match self.lookup(&variable.key) {
            Lookup::Absent => Resolved::Absent,
            Lookup::Single(text) => {
                let empty = variable.default.is_some() && text.known() == Some("");
                if empty && self.takes_other(Uncertainty::DEFAULT_FOR_EMPTY) {
                    Resolved::Absent
                } else {
                    Resolved::Text(text)
                }
            }
            Lookup::Multi(_) => Resolved::Many,
            Lookup::Unknown(_) => Resolved::Unknown,
        }
    }

    fn expands(&self, value: &str) -> bool {
        value.contains(['*', '?']) && self.takes_other(Uncertainty::WILDCARD_IN_VALUE)
    }

    fn counts_units(&self) -> bool {
        self.takes_other(Uncertainty::ONE_CHARACTER)
    }
}
