//! What is known about a file from outside.

use policy_engine::syntax::node::Node;

/// What is known about a file from outside: from the include that names it, or from the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// Twelve digits.
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) partition: Option<String>,
    /// A cluster's name; empty means whichever cluster is known.
    pub(crate) cluster: String,
    pub(crate) namespace: Option<String>,
    /// Values of CloudFormation parameters.
    pub(crate) values: Vec<(String, Node)>,
}
