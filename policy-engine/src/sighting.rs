//! Observations of the readers about the texts themselves, which are no facts of the world.

use crate::source::Origin;

/// An observation of a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The kind of the observation.
    pub kind: SightingKind,
    /// The object that contains it: `Secret dev/db`, the logical id of a resource.
    pub object: String,
    /// Its subject, in the words of the text: `role `app`` or `Secret dev/db`. Never the value of a secret.
    pub what: String,
    /// The place.
    pub origin: Origin,
    /// The second place, if there are two.
    pub other: Origin,
}

/// The kind of text that contains the value of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A text that a person wrote.
    Text,
    /// A plan: a program wrote the value into it.
    Plan,
    /// A state: a program wrote the value into it.
    State,
}

/// The kinds of observations; each belongs to one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SightingKind {
    /// Two texts of one kind define the same object differently; the first origin counts.
    Conflict,
    /// A text contains the value of a secret.
    Value(Holder),
    /// A policy within a text cannot be extracted.
    Encoded {
        /// The reason.
        why: String,
    },
    /// An object requires a Kubernetes Secret that only a class makes which no pod mounts; `other` is the entry of the class.
    UnmountedSecret {
        /// The name of the class.
        class: String,
    },
    /// An object requires a key that is not in the Kubernetes Secret of a class; `other` is the entry of the class.
    UnmadeKey {
        /// The name of the class.
        class: String,
        /// The name of the Secret.
        secret: String,
        /// The keys that the class writes.
        keys: Vec<String>,
    },
    /// YAML reads a bare word as a value that is not text.
    ImplicitType {
        /// The word.
        word: String,
        /// The value that YAML reads.
        becomes: String,
    },
}
