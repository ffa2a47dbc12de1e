//! The first fault of each class, computed once: a class may have thousands of objects, and each of them is a mount.

use crate::{
    inventory::{ClassFault, SecretProviderClass, class::Mounting},
    source::Spanned,
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

type Known = HashMap<(usize, String), Option<Spanned<ClassFault>>>;

/// First faults by the address of their class and the region of the mount.
#[derive(Debug, Default)]
pub(super) struct ClassFaults(Mutex<Known>);

impl ClassFaults {
    /// The fault for which the provider refuses a class; the class lives as long as this value.
    pub(super) fn first(
        &self,
        class: &SecretProviderClass,
        mounting: &Mounting<'_>,
    ) -> Option<Spanned<ClassFault>> {
        let key = (std::ptr::from_ref(class).addr(), mounting.region.to_owned());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let find = || class.faults(mounting).into_iter().next();
        known.entry(key).or_insert_with(find).clone()
    }
}
