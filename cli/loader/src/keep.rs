//! Keeps the texts of files for excerpts.

use crate::{blank, loading::Loading, opened::Opened, values};
use policy_engine::source::SourceId;

/// Keeps the text of a file for excerpts, without values of secrets.
pub(crate) fn keep(loading: &mut Loading, opened: &Opened) -> SourceId {
    let values = values::sightings(&opened.documents);
    loading.sightings.extend(values);
    loading.add_source(&opened.name, blank::blank(&opened.text, &opened.documents))
}
