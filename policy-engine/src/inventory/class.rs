//! SecretProviderClasses: their content, and the faults for which a provider refuses them.

mod check;
mod declared;
mod descriptor;
mod dialect;
mod fault;
pub mod file_name;
mod keys;
mod read;
mod yaml_1_1;

pub use check::Mounting;
pub use declared::{OpenClass, SecretProviderClass, SyncedKey, SyncedSecret};
pub use descriptor::{Descriptor, FailoverObject, JmesEntry, truth};
pub use dialect::Dialect;
pub use fault::{ClassDoubt, ClassFault};
pub use file_name::{FileNameFault, Translation};
pub use read::{read_objects, read_retyped};
pub use yaml_1_1::retyped;

#[cfg(test)]
mod tests;
