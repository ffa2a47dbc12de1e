//! What reading noticed that no fact of the world tells: it is about the texts, not about what they describe.

use crate::source::Origin;

/// Something that a reader noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Of which kind.
    pub kind: SightingKind,
    /// The thing that holds it: `Secret dev/db`, the logical id of a resource.
    pub object: String,
    /// What it concerns, in the words of the text that holds it: `role `app`` or `Secret dev/db`. Never the value of a secret.
    pub what: String,
    /// Where.
    pub origin: Origin,
    /// The other place, of two.
    pub other: Origin,
}

/// What holds the value of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A text that somebody wrote.
    Text,
    /// A plan, into which a program wrote it.
    Plan,
    /// A state, into which a program wrote it.
    State,
}

/// The kinds of sightings, and with them which rule tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SightingKind {
    /// Two texts of one kind define one thing differently; the first origin counts.
    Conflict,
    /// A text holds the value of a secret.
    Value(Holder),
    /// A policy within a text cannot be taken out of it.
    Encoded {
        /// Why.
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
    /// YAML reads a bare word as something else than text.
    ImplicitType {
        /// The word.
        word: String,
        /// What becomes of it.
        becomes: String,
    },
}
