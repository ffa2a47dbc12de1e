//! The embedded form: an index, then a deflated block per service.

use super::service::{Counts, Key, Service};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// The head before the blocks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) date: String,
    pub(super) counts: Counts,
    pub(super) globals: Vec<Key>,
    /// Prefixes, sorted, and the lengths of their blocks.
    pub(super) services: Vec<(String, u32)>,
}

/// The index of an embedded catalog, and its blocks.
pub(super) fn index(bytes: &'static [u8]) -> Option<(Index, &'static [u8])> {
    postcard::take_from_bytes(bytes).ok()
}

/// A service from its block.
pub(super) fn service(packed: &[u8], limit: u64) -> Option<Service> {
    let mut bytes = Vec::new();
    let mut inflated = DeflateDecoder::new(packed).take(limit);
    inflated.read_to_end(&mut bytes).ok()?;
    postcard::from_bytes(&bytes).ok()
}

/// An embedded catalog from its services and an index without lengths.
pub(super) fn build(mut index: Index, services: &[Service]) -> Option<Vec<u8>> {
    let mut blocks = Vec::new();
    index.services.clear();
    for service in services {
        let bytes = postcard::to_allocvec(service).ok()?;
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(&bytes).ok()?;
        let block = deflated.finish().ok()?;
        let length = u32::try_from(block.len()).ok()?;
        index.services.push((service.prefix.clone(), length));
        blocks.extend(block);
    }
    let mut bytes = postcard::to_allocvec(&index).ok()?;
    bytes.extend(blocks);
    Some(bytes)
}
