//! The syntax of policies: JSON trees with spans, ARNs, wildcards and policy variables.

pub mod arn;
pub mod glob;
pub mod json;
pub mod node;
pub mod variable;
