//! Finds the statements that can match a request: by action, then by the literal beginning of the resource.
//!
//! The result is a superset of the statements that match, so that the index never changes a decision; statements about another
//! action or another resource cost nothing.

use super::compiled::{ActionPattern, CompiledStatement, ResourceTest};
use crate::{
    key::{hash, hash_byte},
    request::Action,
    syntax::arn::{ArnPattern, Segmented},
};
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

/// Statements by action.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    // INVARIANT: both sorted by hash; a bucket contains a statement at most once for each of its prefixes.
    exact: Vec<(u64, Bucket)>,
    service: Vec<(u64, Bucket)>,
    always: Bucket,
}

/// Statements of one action by the literal beginning of their resource segments.
#[derive(Clone, Debug, Default)]
struct Bucket {
    /// The statements that can match any resource.
    open: Vec<u32>,
    /// The different lengths of the beginnings, ascending.
    lengths: Vec<u32>,
    /// Statements by the hash of a beginning.
    prefixes: HashMap<u64, Vec<u32>, AsIs>,
    /// Every statement, for resources that are not fully known.
    all: Vec<u32>,
}

impl Index {
    pub(super) fn new(statements: &[CompiledStatement]) -> Self {
        let (mut exact, mut service, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (number, statement) in statements.iter().enumerate() {
            let number = crate::source::to_u32(number);
            let patterns = &statement.action.patterns;
            let open = |pattern: &ActionPattern| {
                matches!(pattern, ActionPattern::Any | ActionPattern::Open(_))
            };
            if statement.action.negated || patterns.is_empty() || patterns.iter().any(open) {
                always.push(number);
                continue;
            }
            let services: Vec<_> = patterns.iter().filter_map(service_of_pattern).collect();
            for pattern in patterns {
                // A statement that is indexed by its service needs no entry by name.
                if let ActionPattern::Exact { hash, lower } = pattern
                    && !services.contains(&service_hash(lower))
                {
                    exact.push((*hash, number));
                }
            }
            service.extend(services.into_iter().map(|hash| (hash, number)));
        }
        Self {
            exact: group(exact, statements),
            service: group(service, statements),
            always: Bucket::new(&always, statements),
        }
    }

    /// Returns the numbers of the statements that can match an action on a resource.
    pub(super) fn candidates(
        &self,
        action: &Action,
        resource: &Segmented,
        mut show: impl FnMut(u32),
    ) {
        let exact = find(&self.exact, action.hash());
        let service = find(&self.service, action.service_hash());
        let always = (!self.always.all.is_empty()).then_some(&self.always);
        for bucket in [exact, service, always].into_iter().flatten() {
            bucket.candidates(resource, &mut show);
        }
    }
}

impl Bucket {
    fn new(numbers: &[u32], statements: &[CompiledStatement]) -> Self {
        let mut bucket = Self {
            all: numbers.to_vec(),
            ..Self::default()
        };
        for number in numbers {
            let Some(statement) = statements.get(*number as usize) else {
                continue;
            };
            match prefixes(&statement.resource) {
                None => bucket.open.push(*number),
                Some(prefixes) => {
                    for prefix in prefixes {
                        bucket.lengths.push(crate::source::to_u32(prefix.len()));
                        bucket
                            .prefixes
                            .entry(hash_exactly(prefix))
                            .or_default()
                            .push(*number);
                    }
                }
            }
        }
        bucket.lengths.sort_unstable();
        bucket.lengths.dedup();
        bucket
    }

    fn candidates(&self, resource: &Segmented, show: &mut impl FnMut(u32)) {
        if !resource.text().is_known() {
            for number in &self.all {
                show(*number);
            }
            return;
        }
        for number in &self.open {
            show(*number);
        }
        // The hash of each beginning extends that of the shorter one.
        let segment = resource.literal(5).unwrap_or("").as_bytes();
        let (mut state, mut done) = (START, 0);
        for length in &self.lengths {
            let Some(piece) = segment.get(done..*length as usize) else {
                return;
            };
            state = piece
                .iter()
                .fold(state, |state, byte| hash_byte(state, *byte));
            done = *length as usize;
            if let Some(numbers) = self.prefixes.get(&state) {
                for number in numbers {
                    show(*number);
                }
            }
        }
    }
}

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsIs;

struct AsIsHasher(u64);

impl BuildHasher for AsIs {
    type Hasher = AsIsHasher;

    fn build_hasher(&self) -> AsIsHasher {
        AsIsHasher(0)
    }
}

impl Hasher for AsIsHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes
            .iter()
            .fold(self.0, |state, byte| hash_byte(state, *byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

fn hash_exactly(text: &str) -> u64 {
    text.bytes().fold(START, hash_byte)
}

/// The literal beginnings of a statement's resource segments; `None` if the statement can match any resource.
fn prefixes(resource: &ResourceTest) -> Option<Vec<&str>> {
    let ResourceTest::Patterns {
        negated: false,
        patterns,
    } = resource
    else {
        return None;
    };
    // An empty list matches nothing by default, and something in the other branch of U-7.
    if patterns.is_empty() {
        return None;
    }
    patterns.iter().map(prefix).collect()
}

fn prefix(pattern: &ArnPattern) -> Option<&str> {
    if pattern.has_movable_segments() {
        return None;
    }
    Some(pattern.resource()?.literal_prefix()).filter(|prefix| !prefix.is_empty())
}

fn service_of_pattern(pattern: &ActionPattern) -> Option<u64> {
    match pattern {
        ActionPattern::Service { hash, .. } => Some(*hash),
        ActionPattern::Any
        | ActionPattern::Exact { .. }
        | ActionPattern::Open(_)
        | ActionPattern::Never => None,
    }
}

fn service_hash(action: &str) -> u64 {
    hash(action.split(':').next().unwrap_or(""))
}

fn find(groups: &[(u64, Bucket)], hash: u64) -> Option<&Bucket> {
    let at = groups.binary_search_by_key(&hash, |(hash, _)| *hash).ok()?;
    groups.get(at).map(|(_, bucket)| bucket)
}

fn group(mut pairs: Vec<(u64, u32)>, statements: &[CompiledStatement]) -> Vec<(u64, Bucket)> {
    pairs.sort_unstable();
    pairs.dedup();
    let groups = pairs.chunk_by(|left, right| left.0 == right.0);
    let bucket = |group: &[(u64, u32)]| {
        let numbers: Vec<_> = group.iter().map(|(_, number)| *number).collect();
        Some((group.first()?.0, Bucket::new(&numbers, statements)))
    };
    groups.filter_map(bucket).collect()
}
