//! What an expression can name: its module, its instance, and the names around it.

use crate::hcl::SourceFile;
use policy_engine::syntax::node::Node;

/// The module and the variables of an expression.
#[derive(Clone)]
pub(super) struct Scope<'s> {
    /// The module with its keys.
    pub(super) module: String,
    /// The file of the expression.
    pub(super) file: &'s SourceFile,
    /// `each.key` and `each.value`.
    pub(super) each: Option<(Node, Node)>,
    /// `count.index`
    pub(super) count: Option<Node>,
    /// Names that `for` and `dynamic` make, and those of a template.
    pub(super) names: Vec<(String, Node)>,
    /// Whether the expression is in the file of a template.
    pub(super) in_template: bool,
}
