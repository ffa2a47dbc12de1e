//! An action with the hashes by which policies are indexed.

use crate::key::hash;

/// An action, `service:Name`.
#[derive(Clone, Debug)]
pub struct Action {
    name: String,
    lower: String,
    colon: usize,
    service_hash: u64,
    hash: u64,
}

impl Action {
    /// Parses an action; `None` without a service and a name.
    pub fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let colon = name
            .find(':')
            .filter(|colon| *colon > 0 && colon + 1 < name.len())?;
        let lower = name.to_ascii_lowercase();
        let service_hash = hash(name.get(..colon)?);
        let hash = hash(&name);
        Some(Self {
            name,
            lower,
            colon,
            service_hash,
            hash,
        })
    }

    /// The whole name as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The service in lower case.
    pub fn service(&self) -> &str {
        self.lower.get(..self.colon).unwrap_or("")
    }

    /// The name behind the service in lower case.
    pub fn operation(&self) -> &str {
        self.lower.get(self.colon + 1..).unwrap_or("")
    }

    /// Whether it is the action with a name in lower case.
    pub fn is(&self, lower: &str) -> bool {
        self.lower == lower
    }

    pub(crate) fn service_hash(&self) -> u64 {
        self.service_hash
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }
}
