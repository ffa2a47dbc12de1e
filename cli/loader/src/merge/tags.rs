//! Tags whose answer does not name their parameter.

use crate::loading::Loading;
use policy_engine::{inventory::Tags, source::Origin};

/// Gives tags whose answer does not name its parameter to the parameter in the file's name.
pub(super) fn parameter_tags(loading: &mut Loading) {
    let plain = |name: &str| {
        let replaced = name.replace("%2F", "/").replace("%2f", "/");
        let words = replaced
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    };
    for (subject, tags) in std::mem::take(&mut loading.parameter_tags) {
        let wanted = plain(&subject);
        let mut named = loading
            .inventory
            .parameters
            .iter_mut()
            .filter(|parameter| parameter.arn == subject || plain(&parameter.name) == wanted);
        let origin = tags.origin;
        match (named.next(), named.next()) {
            (Some(parameter), None) => parameter.tags = Tags::all(tags.value, tags.origin),
            _ => unplaced(loading, &subject, origin),
        }
    }
}

fn unplaced(loading: &mut Loading, subject: &str, origin: Origin) {
    let message =
        format!("no known parameter has these tags: the name of the file contains `{subject}`");
    loading.note(message, Some(origin));
}
