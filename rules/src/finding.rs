//! A finding: one cause, where it is written, and what to change.

use crate::code::Code;
use policy_engine::source::Origin;

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which rule.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// Which object it concerns, by the name people use.
    pub object: String,
    /// What to change; then, why.
    pub primary: Label,
    /// Other places that belong to it.
    pub related: Vec<Label>,
    /// Further facts, one a line.
    pub notes: Vec<String>,
    /// The change to make.
    pub help: Option<String>,
    /// The change as edits, where it can be made by a program.
    pub fix: Option<Fix>,
    /// Stable under moving and reformatting.
    pub fingerprint: String,
}

/// A place and what is to see there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub origin: Origin,
    /// What is to see there.
    pub text: String,
}

/// A change that a program can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// How much thought it needs.
    pub grade: Grade,
    /// What to write where.
    pub edits: Vec<(Origin, String)>,
}

/// How much thought a fix needs (rules.md 0.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// A dead grant is made to say what it visibly means; it may turn a refusal into an allow.
    Repair,
    /// A guess or a design choice.
    Unsafe,
}

impl Grade {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Repair => "repair",
            Self::Unsafe => "unsafe",
        }
    }
}

impl Label {
    /// A place with a text.
    pub fn new(origin: Origin, text: impl Into<String>) -> Self {
        Self {
            origin,
            text: text.into(),
        }
    }
}

/// A fingerprint over what makes a finding itself: code, object, path and evidence, never lines.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
