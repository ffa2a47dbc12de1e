//! A world as a file of its own: a pipeline writes it beside its manifests, and the provider reads it on each node.
//!
//! It is JSON of the schema [`SCHEMA`]: the inventory and the promises as the types of [`crate::inventory`] name
//! their fields, in camel case and without empty members, with every place as numbers (`source::serial`), and for each
//! source its name and the lengths of its lines. It contains no text of a source and no value of a secret: no type here
//! has a field for one. A snapshot gives the same decisions, explanations and places as the world; only columns are in bytes.
//!
//! An unknown member is refused: it may be a fact on which a decision depends.

use crate::{
    inventory::{Inventory, promise::Promises},
    simulator::mounts,
    source::{Origin, Place, SourceMap},
};
use flate2::read::GzDecoder;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, io::Read};

/// The name of the format, with its version.
pub const SCHEMA: &str = "ascp-policy/snapshot/v2";

/// The most bytes of JSON that are read. A ConfigMap holds an eighth of it, or all of it when compressed.
pub const MAX_BYTES: usize = 8 << 20;

/// The most objects that all pods of a snapshot may mount together.
pub const MAX_MOUNTS: usize = 100_000;

/// A world for the provider, written by `ascp-policy snapshot`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Snapshot {
    /// The version of its format.
    pub schema: Schema,
    /// When it was built, as RFC 3339 writes it; the engine reads no clock.
    pub built: String,
    /// The commit of the repository from which it was built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The facts.
    pub inventory: Inventory,
    /// The promises.
    #[serde(default)]
    pub promises: Promises,
    /// The sources of the facts, without their texts.
    pub sources: SourceMap,
}

/// The schema of this version; another schema is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schema;

/// The reason why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is larger than [`MAX_BYTES`].
    #[error("the snapshot has more than {MAX_BYTES} bytes")]
    TooLarge,
    /// It begins like gzip, and cannot be decompressed.
    #[error("the snapshot cannot be decompressed: {0}")]
    Gzip(std::io::Error),
    /// It has another schema.
    #[error("the snapshot has the schema `{schema}`, and this program reads `{SCHEMA}`")]
    OtherSchema {
        /// Its schema, at most 64 characters.
        schema: String,
    },
    /// It is not a snapshot, or it is damaged.
    #[error("the snapshot cannot be read: {0}")]
    Damaged(serde_json::Error),
    /// Its classes and workloads make more than [`MAX_MOUNTS`] mounts.
    #[error("the pods of the snapshot mount more than {MAX_MOUNTS} objects")]
    TooManyMounts,
}

impl Snapshot {
    /// Makes a snapshot of a world; of the sources only names and line lengths are kept.
    pub fn new(
        built: impl Into<String>,
        commit: Option<String>,
        inventory: Inventory,
        promises: Promises,
        sources: &SourceMap,
    ) -> Self {
        Self {
            schema: Schema,
            built: built.into(),
            commit,
            inventory,
            promises,
            sources: sources.without_texts(),
        }
    }

    /// Parses the output of [`Snapshot::to_json`], plain or compressed by gzip; a damaged or hostile file gives an
    /// error.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let json = &*inflated(bytes)?;
        if json.len() > MAX_BYTES {
            return Err(ReadError::TooLarge);
        }
        let Head { schema } = serde_json::from_slice(json).map_err(ReadError::Damaged)?;
        if schema != SCHEMA {
            let schema = schema.chars().take(64).collect();
            return Err(ReadError::OtherSchema { schema });
        }
        let snapshot: Self = serde_json::from_slice(json).map_err(ReadError::Damaged)?;
        if mounts::count(&snapshot.inventory) > MAX_MOUNTS {
            return Err(ReadError::TooManyMounts);
        }
        Ok(snapshot)
    }

    /// The snapshot as one line of JSON; the same world gives the same bytes.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// File and line of a place.
    pub fn place(&self, origin: Origin) -> Option<Place<'_>> {
        self.sources.place(origin)
    }
}

/// The bytes, decompressed if necessary, up to the limit.
fn inflated(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ReadError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut json = Vec::new();
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1;
    GzDecoder::new(bytes)
        .take(most)
        .read_to_end(&mut json)
        .map_err(ReadError::Gzip)?;
    Ok(Cow::Owned(json))
}

/// The part that is parsed first.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

impl ReadError {
    /// The change to make.
    pub fn help(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::TooManyMounts => {
                "write a snapshot of one cluster: `ascp-policy snapshot --cluster NAME`"
            }
            Self::OtherSchema { .. } => {
                "write it with the `ascp-policy` of the same release as this program"
            }
            Self::Gzip(_) | Self::Damaged(_) => "write it again with `ascp-policy snapshot`",
        }
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(SCHEMA)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            SCHEMA => Ok(Self),
            _ => Err(D::Error::custom(format_args!(
                "the schema is not `{SCHEMA}`"
            ))),
        }
    }
}

#[cfg(test)]
mod tests;
