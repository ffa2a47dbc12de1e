//! The syntax of policies: JSON trees with spans, ARNs, wildcards and policy variables; and whether a JMESPath can be parsed.

pub mod arn;
pub mod glob;
pub mod jmespath;
pub mod json;
pub mod node;
pub mod variable;
