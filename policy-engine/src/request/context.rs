//! The condition keys of a request.

use crate::{
    key::Key,
    service::ServiceProfile,
    text::{Str, Text},
    uncertainty::Uncertainty,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The value of a condition key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContextValue {
    /// The request does not contain the key.
    Absent,
    /// One value.
    Single(Text),
    /// The values of a multivalued key.
    Multi(Vec<Text>),
    /// It is unknown whether the request contains the key, and with which value; holds the missing fact.
    Unknown(Arc<str>),
}

/// The condition keys of a request, looked up by name in any case.
///
/// A key that is not listed is absent, unless its name has one of the open prefixes. A context may extend another
/// context and then also has its keys: the requests of one session share the keys of the session.
#[derive(Clone, Debug, Default)]
pub struct Context {
    // INVARIANT: sorted; each hash belongs to the entry of the same number. No key appears twice.
    hashes: Vec<u64>,
    entries: Vec<Entry>,
    /// The number of hashes that begin with a smaller hexadecimal digit, for each digit and the end.
    starts: [u32; 17],
    open: Vec<(String, Arc<str>)>,
    /// Keys whose names have holes, each with its value.
    holed: Vec<(Text, Text)>,
    below: Option<Arc<Context>>,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Key,
    value: ContextValue,
    /// The value in the other branch of an uncertainty.
    otherwise: Option<Box<(Uncertainty, ContextValue)>>,
}

static ABSENT: ContextValue = ContextValue::Absent;

impl Context {
    /// A context that extends another context.
    pub fn over(below: Arc<Self>) -> Self {
        // What a request adds of its own is about this much.
        const OWN: usize = 16;
        Self {
            below: Some(below),
            hashes: Vec::with_capacity(OWN),
            entries: Vec::with_capacity(OWN),
            ..Self::default()
        }
    }

    /// A context of many keys; of a key that appears twice, the last value counts.
    pub fn of(pairs: impl IntoIterator<Item = (Key, ContextValue)>) -> Self {
        let mut entries: Vec<_> = pairs
            .into_iter()
            .map(|(key, value)| Entry {
                value: shaped(&key, value),
                key,
                otherwise: None,
            })
            .collect();
        entries.sort_by_key(|entry| entry.key.hash());
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            match kept.last_mut() {
                Some(last) if last.key == entry.key => last.value = rival(last, entry),
                _ => kept.push(entry),
            }
        }
        let mut context = Self {
            entries: kept,
            ..Self::default()
        };
        context.index();
        context
    }

    /// Sets a key; for a key that is always multivalued, a single value becomes a list.
    pub fn set(&mut self, key: impl Into<Str>, value: ContextValue) {
        self.set_entry(Key::new(key), value, None);
    }

    /// Sets a key to a known value.
    pub fn set_text(&mut self, key: impl Into<Str>, value: impl Into<Text>) {
        self.set(key, ContextValue::Single(value.into()));
    }

    /// Sets a key unless it is set already.
    pub fn set_default(&mut self, key: &'static str, value: impl FnOnce() -> ContextValue) {
        let key = Key::new(key);
        if !self.has(&key) {
            self.set_entry(key, value(), None);
        }
    }

    /// Sets a key whose value depends on an uncertainty.
    pub fn set_uncertain(
        &mut self,
        key: impl Into<Str>,
        value: ContextValue,
        entry: Uncertainty,
        otherwise: ContextValue,
    ) {
        self.set_entry(Key::new(key), value, Some(Box::new((entry, otherwise))));
    }

    /// Declares that any key with a prefix may be present; `reason` is the missing fact.
    pub fn open_prefix(&mut self, prefix: &str, reason: impl Into<Arc<str>>) {
        self.open.push((prefix.to_ascii_lowercase(), reason.into()));
    }

    /// Sets a key whose name has a hole: only a key with the same hole in the same place is this key for certain.
    pub fn set_holed(&mut self, key: Text, value: Text) {
        self.holed.push((key, value));
    }

    /// The value of a key whose name has a hole.
    pub fn holed(&self, key: &Text) -> Option<&Text> {
        let own = self.holed.iter().rev().find(|(name, _)| name == key);
        own.map(|(_, value)| value)
            .or_else(|| self.below.as_ref()?.holed(key))
    }

    /// The value of a key, and its value in the other branch of an uncertainty.
    pub fn get(&self, key: &Key) -> (&ContextValue, Option<(Uncertainty, &ContextValue)>) {
        let Some(entry) = self.entry(key) else {
            return (&ABSENT, None);
        };
        (
            &entry.value,
            entry
                .otherwise
                .as_deref()
                .map(|(entry, value)| (*entry, value)),
        )
    }

    /// The missing fact, if it is unknown whether a key is present.
    pub fn open_reason(&self, key: &Key) -> Option<&Arc<str>> {
        if self.entry(key).is_some() {
            return None;
        }
        let own = self
            .open
            .iter()
            .find(|(prefix, _)| key.strip_prefix(prefix).is_some())
            .map(|(_, reason)| reason);
        own.or_else(|| self.below.as_ref()?.open_reason(key))
    }

    /// All keys that were set.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &ContextValue)> {
        let layers = std::iter::successors(Some(self), |layer| layer.below.as_deref());
        let pairs = layers.enumerate().flat_map(|(depth, layer)| {
            layer
                .entries
                .iter()
                .map(move |entry| (depth, &entry.key, &entry.value))
        });
        // A key that a higher layer sets is hidden below it.
        pairs
            .filter(|(depth, key, _)| self.depth(key) == Some(*depth))
            .map(|(_, key, value)| (key, value))
    }

    /// Removes the keys for which a test returns false.
    pub fn retain(&mut self, mut keep: impl FnMut(&Key) -> bool) {
        self.entries.retain(|entry| keep(&entry.key));
        self.index();
    }

    /// Computes the hashes of all entries again.
    fn index(&mut self) {
        self.hashes = self.entries.iter().map(|entry| entry.key.hash()).collect();
        self.starts = [0; 17];
        for hash in &self.hashes {
            count(&mut self.starts, *hash);
        }
    }

    fn set_entry(
        &mut self,
        key: Key,
        value: ContextValue,
        otherwise: Option<Box<(Uncertainty, ContextValue)>>,
    ) {
        let place = self.find(&key);
        let entry = Entry {
            value: shaped(&key, value),
            key,
            otherwise,
        };
        match place {
            Ok(at) => {
                if let Some(place) = self.entries.get_mut(at) {
                    *place = entry;
                }
            }
            Err(at) => {
                self.hashes.insert(at, entry.key.hash());
                count(&mut self.starts, entry.key.hash());
                self.entries.insert(at, entry);
            }
        }
    }

    /// Whether a key was set, also to be absent.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.entry(key).is_some()
    }

    fn entry(&self, key: &Key) -> Option<&Entry> {
        let own = self.find(key).ok().and_then(|at| self.entries.get(at));
        own.or_else(|| self.below.as_ref()?.entry(key))
    }

    /// The layer that contains a key.
    fn depth(&self, key: &Key) -> Option<usize> {
        if self.find(key).is_ok() {
            return Some(0);
        }
        self.below.as_ref()?.depth(key).map(|depth| depth + 1)
    }

    /// The position of a key's entry, or the position at which to insert it.
    fn find(&self, key: &Key) -> Result<usize, usize> {
        let digit = first_digit(key.hash());
        let place = |digit: usize| self.starts.get(digit).map_or(0, |start| *start as usize);
        let first = place(digit);
        let near = self.hashes.get(first..place(digit + 1)).unwrap_or_default();
        let start = first + near.partition_point(|hash| *hash < key.hash());
        let mut at = start;
        while self.hashes.get(at) == Some(&key.hash()) {
            if self.entries.get(at).is_some_and(|entry| entry.key == *key) {
                return Ok(at);
            }
            at += 1;
        }
        Err(start)
    }
}

/// The first hexadecimal digit of a hash.
fn first_digit(hash: u64) -> usize {
    (hash >> 60) as usize
}

/// Counts a hash for each later digit.
fn count(starts: &mut [u32; 17], hash: u64) {
    for start in starts.iter_mut().skip(first_digit(hash) + 1) {
        *start += 1;
    }
}

/// The value of a key that appears twice: the last value; of two tags that differ in case, it is unknown which counts.
fn rival(first: &Entry, last: Entry) -> ContextValue {
    let mut prefixes = ServiceProfile::ALL
        .into_iter()
        .flat_map(|profile| profile.tag_keys);
    let tag = prefixes.any(|prefix| first.key.strip_prefix(prefix).is_some());
    let differ = first.key.name() != last.key.name() && first.value != last.value;
    if tag && differ {
        let reason = format!("which of `{}` and `{}` counts", first.key, last.key);
        return ContextValue::Unknown(reason.into());
    }
    last.value
}

/// A key that is always multivalued holds a list, also for a single value.
fn shaped(key: &Key, value: ContextValue) -> ContextValue {
    match value {
        ContextValue::Single(text) if key.is_multivalued() => ContextValue::Multi(vec![text]),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_match_without_case() {
        let mut context = Context::default();
        context.set_text("aws:PrincipalTag/Team", "a");
        context.set_text("aws:TagKeys", "x");
        let (value, _) = context.get(&Key::new("AWS:principaltag/team"));
        assert_eq!(value, &ContextValue::Single(Text::from("a")));
        assert_eq!(
            context.get(&Key::new("aws:tagkeys")).0,
            &ContextValue::Multi(vec![Text::from("x")])
        );
        assert_eq!(context.get(&Key::new("aws:other")).0, &ContextValue::Absent);
    }
}
