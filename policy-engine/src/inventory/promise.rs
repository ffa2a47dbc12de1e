//! The promises of a world file: the access that a pod must and must not have, and the readers of an object.

use super::Via;
use crate::{request::ContextValue, source::Spanned};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{collections::BTreeMap, fmt, sync::LazyLock};

/// The most letters in which a suggested action differs.
const MAX_DISTANCE: usize = 4;

/// The access of a pod to an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ask {
    /// The first mount works.
    Read,
    /// Later polls work as well.
    Rotate,
    /// One action is allowed: `service:Action`.
    Call(String),
}

/// An access that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{asked}` is not an access: write `read`, `rotate`, or one action of secretsmanager, ssm or kms"
)]
#[non_exhaustive]
pub struct AskError {
    /// The text as written.
    pub asked: String,
    /// The most similar action that exists.
    pub near: Option<&'static str>,
}

/// The actions of the three services, from the catalogue of 21 August 2026; a `*` marks those without a resource.
const ACTIONS: &str = include_str!("actions.txt");

fn actions() -> impl Iterator<Item = (&'static str, bool)> {
    ACTIONS.lines().map(|line| match line.strip_suffix(" *") {
        Some(name) => (name, false),
        None => (line, true),
    })
}

/// The actions by their names in lower case: a world may contain many promises, and the text of the actions is read once.
static KNOWN: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
    let names = actions().map(|(name, _)| (name.to_ascii_lowercase(), name));
    names.collect()
});

/// Whether an action of the three services has a resource; without one, it is requested on `*`.
pub fn has_resource(action: &str) -> bool {
    // Every step of a walk asks: the text is not gone through each time.
    static WITHOUT: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let without = actions().filter(|(_, resource)| !resource);
        without.map(|(name, _)| name).collect()
    });
    !WITHOUT.iter().any(|name| name.eq_ignore_ascii_case(action))
}

/// One promise about a pod and an object; either can be a pattern with `*`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Promise {
    /// `cluster:namespace/service-account`, or without the cluster if the world has only one.
    pub pod: Spanned<String>,
    /// The access.
    pub ask: Ask,
    /// A reference: `name`, `account:name` or an ARN.
    pub object: Spanned<String>,
    /// Whether the access must be allowed.
    pub can: bool,
    /// The stage that must refuse by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Spanned<String>>,
    /// Request context of this promise alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<(Spanned<String>, ContextValue)>,
    /// How the pod gets its credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
}

/// Only these pods read an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Readers {
    /// A reference.
    pub object: Spanned<String>,
    /// Patterns of pods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<Spanned<String>>,
}

/// All promises of a world file, in the order in which they are written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Promises {
    /// Promises about pods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<Promise>,
    /// Promises about objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<Readers>,
}

impl Promises {
    /// Whether there are no promises.
    pub fn is_stated(&self) -> bool {
        !self.pods.is_empty() || !self.readers.is_empty()
    }
}

impl Ask {
    /// Parses `read`, `rotate` or `service:Action`, an action of Secrets Manager, Parameter Store or KMS.
    pub fn parse(text: &str) -> Result<Self, AskError> {
        match text {
            "read" => return Ok(Self::Read),
            "rotate" => return Ok(Self::Rotate),
            _ => {}
        }
        let lower = text.to_ascii_lowercase();
        if let Some(name) = KNOWN.get(&lower) {
            return Ok(Self::Call((*name).to_owned()));
        }
        // A name with another length, or of another service, is as far away as the difference.
        let near = KNOWN
            .iter()
            .filter(|(own, _)| own.len().abs_diff(lower.len()) <= MAX_DISTANCE)
            .filter(|(own, _)| own.get(..2) == lower.get(..2))
            .map(|(own, name)| (strsim::levenshtein(own, &lower), *name))
            .min()
            .filter(|(distance, _)| *distance <= MAX_DISTANCE)
            .map(|(_, name)| name);
        Err(AskError {
            asked: text.to_owned(),
            near,
        })
    }
}

impl Serialize for Ask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("read"),
            Self::Rotate => f.write_str("rotate"),
            Self::Call(action) => f.write_str(action),
        }
    }
}
