//! The resources of one file that are in an unknown account or region, as others of the file refer to them.

use crate::{pending::Target, resource::Resource};
use policy_engine::text::Text;

/// The names by which the resources of one file refer to those of them whose account is unknown.
#[derive(Default)]
pub(super) struct Made {
    /// Their names and ARNs.
    names: Vec<Text>,
    /// Their addresses, with which the names of their unknown attributes begin.
    addresses: Vec<String>,
}

impl Made {
    pub(super) fn of<'r>(resources: impl Iterator<Item = &'r Resource<'r>>) -> Self {
        let mut made = Self::default();
        for resource in resources {
            made.names.push(Text::shown(&resource.name.value));
            made.names.extend(resource.arn.clone());
            made.addresses.push(resource.address.clone());
        }
        made
    }

    /// The resource of a name, id or ARN.
    pub(super) fn target(&self, text: Text) -> Target {
        if self.has(&text) {
            return Target::Made(text);
        }
        if text.literal().is_empty() {
            return Target::Any;
        }
        Target::Named(text)
    }

    /// Whether a text refers to one of them.
    fn has(&self, target: &Text) -> bool {
        let is_attribute = |hole: &str| {
            self.addresses.iter().any(|address| {
                let rest = hole.strip_prefix(address.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']))
            })
        };
        let mut holes = target.holes().iter();
        self.names.contains(target) || holes.any(|(_, hole)| is_attribute(&hole.name))
    }
}
