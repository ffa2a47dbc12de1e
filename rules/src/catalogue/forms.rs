//! The forms of ARNs: what the resource types of a service look like.

use super::{Catalogue, ResourceType, Service};
use std::collections::HashMap;

/// A resource type's ARN as at most six parts in which each `${…}` is `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    parts: Vec<String>,
}

impl Form {
    fn of(one: &ResourceType) -> Self {
        let text = wildcards(&one.arn);
        Self {
            parts: text.splitn(6, ':').map(str::to_owned).collect(),
        }
    }

    /// A part, where there are so many.
    pub(crate) fn part(&self, at: usize) -> Option<&str> {
        self.parts.get(at).map(String::as_str)
    }
}

impl Service {
    /// The forms of its resource types' ARNs.
    pub(crate) fn forms(&self) -> &[Form] {
        self.derived
            .forms
            .get_or_init(|| self.resources.iter().map(Form::of).collect())
    }
}

impl Catalogue {
    /// The last parts of all ARNs that name a service, whichever service's resource types they are.
    pub(crate) fn resources_named(&self, service: &str) -> &[String] {
        let all = self.arns.get_or_init(|| {
            let services = self.prefixes().filter_map(|one| self.service(one));
            let mut all: HashMap<String, Vec<String>> = HashMap::new();
            for one in services.flat_map(|one| &one.resources) {
                let Some(rest) = one.arn.strip_prefix("arn:${Partition}:") else {
                    continue;
                };
                if let Some((named, _)) = rest.split_once(':') {
                    let form = Form::of(one);
                    let last = form.part(5).unwrap_or("").to_owned();
                    all.entry(named.to_owned()).or_default().push(last);
                }
            }
            all
        });
        all.get(service).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A text in which each `${…}` is `*`.
pub(crate) fn wildcards(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}
