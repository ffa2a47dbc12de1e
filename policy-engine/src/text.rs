//! Text with holes: parts that are unknown until the deployment.
//!
//! A hole has a name and is equal to itself; every other comparison is undecided, unless every filling agrees
//! (docs/design/three-valued-truth.md).

mod builder;
mod hole;
mod holed;
mod serial;
mod shared;

pub use builder::TextBuilder;
pub use hole::{Hole, HoleKind};
pub use holed::{Part, Text};
pub use shared::Str;
