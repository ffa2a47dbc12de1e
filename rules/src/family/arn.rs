//! Shape of ARNs.

mod arn_prefix_missing;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[&arn_prefix_missing::RULE];
