//! The resources of one file while their facts are taken.

use super::{attribute::shown_of, made::Made, spelling::Names};
use crate::{
    arns::is_open,
    loading::Loading,
    pending::{Late, LateFact, Stray, StrayFact, Target},
    resource::Resource,
    setting::Setting,
};
use policy_engine::{
    inventory::Attribute,
    source::Spanned,
    text::{Hole, Text},
};
use std::collections::HashMap;

/// Words that differ by language.
pub(crate) struct Words {
    /// Until when something is not known.
    pub(crate) before: &'static str,
    /// What may make it known.
    pub(crate) remedy: &'static str,
    /// What describes nothing of something that is named.
    pub(crate) describes: &'static str,
}

/// The resources of one file.
pub(crate) struct Batch<'b> {
    pub(crate) loading: &'b mut Loading,
    pub(crate) setting: &'b Setting,
    pub(crate) words: &'static Words,
    /// The whole file, for what depends on how a word was typed.
    pub(crate) text: &'b str,
    /// Roles of this file by account and name, as places in the inventory.
    pub(super) roles: HashMap<(String, String), usize>,
    /// The resources whose account or region is unknown.
    pub(super) made: Made,
    /// The first key of this file in the inventory.
    pub(super) first_key: usize,
    /// Whether it was noted that a namespace is not written.
    pub(super) is_namespace_noted: bool,
}

impl<'b> Batch<'b> {
    pub(crate) fn new(
        loading: &'b mut Loading,
        setting: &'b Setting,
        words: &'static Words,
        text: &'b str,
    ) -> Self {
        let first_key = loading.inventory.keys.len();
        Self {
            loading,
            setting,
            words,
            text,
            roles: HashMap::new(),
            made: Made::default(),
            first_key,
            is_namespace_noted: false,
        }
    }

    /// Keeps that a kind is not complete, where a name that decides identity is not known.
    pub(super) fn identify(&mut self, kind: &'static str, resource: &Resource<'_>, name: &str) {
        if is_open(name) {
            self.leave_open(kind, resource);
        }
    }

    /// Records that a kind is not complete in the account of a resource; in no account if the account is unknown.
    pub(super) fn leave_open(&mut self, kind: &'static str, resource: &Resource<'_>) {
        let open = (kind, resource.home.account.clone(), resource.origin);
        self.loading.open_kinds.push(open);
    }

    /// The name of the resource that another resource changes; a change of an unknown resource may apply to each of its kind.
    pub(super) fn target(
        &mut self,
        resource: &Resource<'_>,
        names: Names,
        stray: fn(Hole) -> StrayFact,
    ) -> Option<Spanned<String>> {
        match resource.text(names) {
            Attribute::Known(id) => Some(shown_of(&id)),
            Attribute::Absent => None,
            Attribute::Unknown(hole) => {
                let target = self
                    .made
                    .target(Text::hole(hole.name.to_string(), hole.kind));
                self.stray(resource, target, stray(hole));
                None
            }
        }
    }

    /// Keeps a change of a resource that no file has described so far: a later file may describe it, or its name is unknown.
    pub(super) fn later(
        &mut self,
        resource: &Resource<'_>,
        id: Spanned<String>,
        stray: fn(Hole) -> StrayFact,
        of: LateFact,
    ) {
        if is_open(&id.value) {
            let target = self.made.target(Text::shown(&id.value));
            self.stray(resource, target, stray(Hole::any(id.value)));
            return;
        }
        let late = Late {
            account: resource.home.account.clone(),
            id,
            address: resource.address.clone(),
            describes: self.words.describes,
            of,
        };
        self.loading.late.push(late);
    }

    fn stray(&mut self, resource: &Resource<'_>, target: Target, of: StrayFact) {
        let account = resource.home.account.clone();
        self.loading.strays.push(Stray {
            account,
            target,
            of,
        });
    }
}
