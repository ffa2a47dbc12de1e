//! Permissions that are too broad.

mod wildcard_in_service;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[&wildcard_in_service::RULE];
