//! The patches of a kustomization: read where an entry states or names them, and applied to the objects that they select.

use super::{
    super::{
        failure::Failure,
        fields::{text_in, text_of},
        json_patch,
        object::{Id, Object},
        patch::{Patch, apply, embedded, of_documents},
        selector::Selector,
    },
    Builder,
};
use crate::{path::clean, value::size};
use policy_engine::syntax::node::Node;
use std::path::Path;

impl Builder<'_> {
    /// A patch that an entry of `patches` or `patchesJson6902` states or names.
    pub(super) fn written_patch(&mut self, folder: &Path, entry: &Node) -> Result<Patch, Failure> {
        if entry.as_str().is_some() {
            return self.patch_of_text(folder, entry);
        }
        match (text_of(entry, "patch"), text_of(entry, "path")) {
            (Some(inline), None) => embedded(inline),
            (None, Some(path)) => {
                let file = self.needed(folder, path)?;
                of_documents(&file.documents, path.origin)
            }
            _ => Err(Failure::at(
                entry.origin,
                "a patch has either `patch` or `path`",
            )),
        }
    }

    /// A patch that is written as one text: the name of a file, or the patch itself.
    pub(super) fn patch_of_text(&mut self, folder: &Path, entry: &Node) -> Result<Patch, Failure> {
        let name = text_in(entry)?;
        if name.contains('\n') && !clean(&folder.join(name)).is_file() {
            return embedded(entry);
        }
        let file = self.needed(folder, entry)?;
        of_documents(&file.documents, entry.origin)
    }

    /// Applies a patch to the objects that it selects.
    pub(super) fn patch(
        &mut self,
        objects: &mut Vec<Object>,
        patch: &Patch,
        entry: &Node,
    ) -> Result<(), Failure> {
        let target = entry.get("target").filter(|target| !target.is_null());
        let selector = target.map(Selector::written).transpose()?;
        match (patch, selector) {
            (Patch::Merge(patches), None) => {
                for patch in patches {
                    self.patch_by_name(objects, patch, entry)?;
                }
            }
            (Patch::Merge(patches), Some(selector)) => {
                let [patch] = patches.as_slice() else {
                    return Err(Failure::at(
                        entry.origin,
                        "several patches have one `target`",
                    ));
                };
                for object in objects.iter_mut().filter(|object| selector.selects(object)) {
                    self.spend(patch, entry.origin)?;
                    apply(object, patch, entry)?;
                }
            }
            (Patch::Json(operations), Some(selector)) => {
                for object in objects.iter_mut().filter(|object| selector.selects(object)) {
                    for operation in operations {
                        self.spend(operation, entry.origin)?;
                    }
                    object.remember();
                    json_patch::apply(&mut object.node, operations)?;
                    let text = size(&object.node);
                    if text > yaml::MAX_NODES {
                        return Err(Failure::at(entry.origin, "a patch makes too much"));
                    }
                }
            }
            (Patch::Json(_), None) => {
                return Err(Failure::at(entry.origin, "a JSON patch has no `target`"));
            }
        }
        objects.retain(|object| !object.is_empty());
        Ok(())
    }

    /// A patch for the object that it names.
    fn patch_by_name(
        &mut self,
        objects: &mut [Object],
        patch: &Node,
        entry: &Node,
    ) -> Result<(), Failure> {
        let id = Id::of(patch);
        let mut matches: Vec<_> = objects.iter_mut().filter(|object| object.is(&id)).collect();
        match matches.as_mut_slice() {
            [object] => {
                self.spend(patch, entry.origin)?;
                apply(object, patch, entry)
            }
            // It may be for an object that is not here.
            [] if !self.gaps.is_empty() => Ok(()),
            [] => Err(Failure::at(
                patch.origin,
                format!("no resource is `{}`, which the patch names", id.shown()),
            )),
            _ => Err(Failure::at(
                patch.origin,
                format!("several resources are `{}`", id.shown()),
            )),
        }
    }
}
