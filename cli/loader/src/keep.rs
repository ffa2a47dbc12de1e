//! Keeps the texts of files for excerpts.

use crate::{blank, implicit, kind::Kind, loading::Loading, open::Opened, values};
use policy_engine::source::SourceId;

/// Keeps the text of a file for excerpts, without values of secrets.
pub(crate) fn keep(loading: &mut Loading, opened: &Opened) -> SourceId {
    let words = match opened.kind {
        Some(Kind::Kubernetes) => implicit::manifests(&opened.documents),
        Some(Kind::CloudFormation) => implicit::templates(&opened.documents),
        _ => Vec::new(),
    };
    let values = values::sightings(&opened.documents);
    loading.sightings.extend(words.into_iter().chain(values));
    loading.add_source(&opened.name, blank::blank(&opened.text, &opened.documents))
}
