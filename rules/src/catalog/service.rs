//! A service: its actions, resource types and condition keys.

use super::forms::Form;
use crate::text::{
    globs::includes_any_case,
    letters::{Case, Letters, nearest},
};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, sync::OnceLock};

/// The size of a catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Services.
    pub services: u32,
    /// Actions.
    pub actions: u32,
    /// Resource types.
    pub resource_types: u32,
    /// Condition keys of services.
    pub keys: u32,
    /// Global condition keys.
    pub globals: u32,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The prefix of its actions, in lower case.
    pub prefix: String,
    /// What AWS calls it.
    pub name: String,
    /// Whether resource control policies govern it.
    pub rcp: bool,
    /// Its actions, sorted by their names in lower case.
    pub actions: Vec<Action>,
    /// Its resource types.
    pub resources: Vec<ResourceType>,
    /// Its condition keys, global ones that it names included.
    pub keys: Vec<Key>,
    #[serde(skip)]
    pub(super) derived: Derived,
}

/// Facts derived from a service when they are first needed; they do not count for equality.
#[derive(Clone, Debug, Default)]
pub(super) struct Derived {
    /// The forms of its resource types' ARNs.
    forms: OnceLock<Vec<Form>>,
    /// The letters of its actions' names, in their order.
    letters: OnceLock<Vec<Letters>>,
}

impl PartialEq for Derived {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Derived {}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The name without the service.
    pub name: String,
    /// Its effect on the resource.
    pub level: Level,
    /// The resource types that it accepts, each with whether it is required; without a type the resource is `*`.
    pub resources: Vec<(String, bool)>,
    /// Condition keys that its requests carry beside the global ones.
    pub keys: Vec<String>,
    /// Actions that its caller needs as well.
    pub dependents: Vec<String>,
}

/// The effect of an action on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Names what there is.
    List,
    /// Reads.
    Read,
    /// Changes.
    Write,
    /// Changes permissions.
    Permissions,
    /// Changes tags.
    Tagging,
}

/// A resource type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceType {
    /// Its name.
    pub name: String,
    /// The form of its ARN, in which each `${…}` is at least a character.
    pub arn: String,
    /// Keys that every request for it carries.
    pub keys: Vec<String>,
}

/// A condition key, or a family of them: `aws:PrincipalTag/${TagKey}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub value: ValueType,
    /// Whether a request holds many values of it.
    pub many: bool,
    /// Of a global key: `principal`, `session`, `network`, `resource` or `request`.
    pub category: String,
}

/// The type of the values of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueType {
    /// Text.
    String,
    /// ARNs.
    Arn,
    /// `true` and `false`.
    Bool,
    /// Numbers.
    Numeric,
    /// Dates.
    Date,
    /// Addresses.
    Ip,
}

impl Service {
    /// The action of a name without its service, compared without case.
    pub fn action(&self, name: &str) -> Option<&Action> {
        let at = self
            .actions
            .binary_search_by(|action| compare(&action.name, name))
            .ok()?;
        self.actions.get(at)
    }

    /// The name of the action that is nearest to a name that is no action.
    pub fn nearest_action(&self, name: &str) -> Option<&str> {
        let names = self.actions.iter().map(|action| action.name.as_str());
        let names = names.zip(self.letters());
        nearest(name, names, limit(name), Case::Folded)
    }

    /// The actions whose names a pattern covers, compared without case.
    pub(crate) fn covered(&self, pattern: &str) -> impl Iterator<Item = &Action> {
        let needed = Letters::of_pattern(pattern, Case::Folded);
        let each = self.actions.iter().zip(self.letters());
        each.filter(move |(_, letters)| needed.are_in(letters))
            .map(|(action, _)| action)
            .filter(move |action| includes_any_case(pattern, &action.name))
    }

    /// The forms of its resource types' ARNs.
    pub(crate) fn forms(&self) -> &[Form] {
        self.derived.forms.get_or_init(|| {
            self.resources
                .iter()
                .map(|resource| Form::of(&resource.arn))
                .collect()
        })
    }

    fn letters(&self) -> &[Letters] {
        self.derived.letters.get_or_init(|| {
            let names = self.actions.iter().map(|action| action.name.as_str());
            names.map(|name| Letters::of(name, Case::Folded)).collect()
        })
    }

    /// The resource type of a name.
    pub fn resource(&self, name: &str) -> Option<&ResourceType> {
        self.resources.iter().find(|resource| resource.name == name)
    }

    /// The key of a name, compared without case.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.is(name))
    }

    /// Whether requests for an action can carry a key of the service or of a resource type of the action.
    pub fn carries(&self, action: &Action, key: &str) -> bool {
        let types = action.resources.iter();
        let types = types.filter_map(|(name, _)| self.resource(name));
        let own = action.keys.iter();
        own.chain(types.flat_map(|resource| &resource.keys))
            .any(|known| is_key(known, key))
    }
}

impl Key {
    /// Whether it has a name, or its family contains the name, without regard to case.
    pub fn is(&self, name: &str) -> bool {
        is_key(&self.name, name)
    }
}

/// Whether a key, or the family of keys that it is (`${TagKey}`, or `<key>` in S3), contains a name.
fn is_key(known: &str, name: &str) -> bool {
    // Most names differ before the variable.
    let mut plain = known
        .bytes()
        .zip(name.bytes())
        .take_while(|(own, _)| !matches!(own, b'$' | b'<'));
    if plain.any(|(own, theirs)| !own.eq_ignore_ascii_case(&theirs)) {
        return false;
    }
    let variable = known
        .split_once("${")
        .map(|(head, rest)| (head, rest.split_once('}')))
        .or_else(|| {
            let (head, rest) = known.split_once('<')?;
            Some((head, rest.split_once('>')))
        });
    let Some((head, rest)) = variable else {
        return known.eq_ignore_ascii_case(name);
    };
    let tail = rest.map_or("", |(_, tail)| tail);
    let starts = name
        .get(..head.len())
        .is_some_and(|own| own.eq_ignore_ascii_case(head));
    let ends = name
        .len()
        .checked_sub(tail.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|own| own.eq_ignore_ascii_case(tail));
    starts && ends && name.len() > head.len() + tail.len()
}

/// Compares two names in lower case.
pub(super) fn compare(name: &str, other: &str) -> Ordering {
    let (name, other) = (name.bytes(), other.bytes());
    name.map(|byte| byte.to_ascii_lowercase())
        .cmp(other.map(|byte| byte.to_ascii_lowercase()))
}

/// The number of changes by which a misspelt name can differ.
pub(super) fn limit(name: &str) -> usize {
    3.min(1 + name.len() / 4)
}
