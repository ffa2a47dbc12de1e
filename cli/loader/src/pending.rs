//! What waits until everything is read: templates for each other, roles of Kubernetes for aggregation.

use crate::setting::Setting;
use policy_engine::{inventory::RbacRole, syntax::node::Node};
use std::path::PathBuf;

/// Account, region and partition of a stack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Home {
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) partition: String,
}

/// A template that waits for the others.
pub(crate) struct Template {
    /// The last part of its path.
    pub(crate) file: String,
    /// The file as people name it.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) root: Node,
    pub(crate) home: Home,
    pub(crate) stack: Option<String>,
    pub(crate) values: Vec<(String, Node)>,
}

/// What an assembly says of one of its templates.
pub(crate) struct Assembled {
    pub(crate) path: PathBuf,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) stack: Option<String>,
    pub(crate) setting: Setting,
    pub(crate) manifest: String,
}

/// A role before aggregation.
#[derive(Clone, Debug)]
pub(crate) struct RawRole {
    pub(crate) role: RbacRole,
    pub(crate) labels: Vec<(String, String)>,
    /// `aggregationRule.clusterRoleSelectors`
    pub(crate) selectors: Vec<Selector>,
}

/// A label selector.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    pub(crate) labels: Vec<(String, String)>,
    /// Key, operator, values.
    pub(crate) expressions: Vec<(String, String, Vec<String>)>,
}
