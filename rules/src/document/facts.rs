//! What rules need of a document again and again, computed for the first rule.

use super::{arns::Named, sets::Sets, variables::Malformed};
use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock},
};

#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) arns: OnceLock<Vec<Named<'a>>>,
    pub(super) identities: OnceLock<Vec<String>>,
    pub(super) beyond: OnceLock<bool>,
    pub(super) malformed: OnceLock<Vec<Malformed<'a>>>,
    pub(super) sets: OnceLock<Box<Sets>>,
    pub(super) mentioned: Mutex<HashMap<String, bool>>,
}
