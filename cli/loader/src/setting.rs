//! What is known about a file from outside.

use crate::{arns::partition, resource::Home};
use policy_engine::syntax::node::Node;

/// What is known about a file from outside: from the include that names it, or from the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// Twelve digits.
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    /// The partition where no region is known.
    pub(crate) partition: Option<String>,
    /// A cluster's name; empty is any known cluster.
    pub(crate) cluster: String,
    pub(crate) namespace: Option<String>,
    /// Values of CloudFormation parameters.
    pub(crate) values: Vec<(String, Node)>,
}

impl Setting {
    /// The account and region of the file's resources.
    pub(crate) fn home(&self) -> Home {
        Home {
            account: self.account.clone(),
            region: self.region.clone(),
            partition: partition(self.region.as_deref(), self.partition.as_deref()),
        }
    }
}
