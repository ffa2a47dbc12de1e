//! What several targets check: places lie inside their texts, and the ways of deciding a request or walking a world agree.

pub mod decide;
pub mod made;
pub mod mounts;
pub mod spans;
pub mod worlds;

// The provider as a package brings the AWS SDK with it, which takes minutes to build for a fuzzer. Its readers do not need
// it, so their sources are modules here, too.
use provider::{attributes, error, objects};

#[path = "../../provider/src"]
#[expect(dead_code, reason = "only what reads a request is used here")]
mod provider {
    pub(crate) mod attributes;
    pub(crate) mod error;
    pub(crate) mod objects;
}

/// The request as far as it is read; the real one is generated.
mod generated {
    #[derive(Debug, Default)]
    pub(crate) struct MountRequest {
        pub(crate) attributes: String,
        pub(crate) secrets: String,
        pub(crate) target_path: String,
        pub(crate) permission: String,
        pub(crate) current_object_version: Vec<ObjectVersion>,
    }

    #[derive(Debug, Default)]
    pub(crate) struct ObjectVersion {
        pub(crate) id: String,
        pub(crate) version: String,
    }
}

/// The one setting of the provider that its class reader asks.
mod config {
    pub(crate) struct Config {
        pub(crate) strict_objects: bool,
    }
}
