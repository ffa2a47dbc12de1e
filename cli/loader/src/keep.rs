//! Keeps the texts of files for excerpts.

use crate::{
    loading::Loading,
    opened::Opened,
    shown::{Understood, shown},
    values,
};
use policy_engine::source::SourceId;

/// Keeps what may be shown of a file.
pub(crate) fn keep(loading: &mut Loading, opened: &Opened) -> SourceId {
    let values = values::sightings(&opened.documents);
    loading.sightings.extend(values);
    let understood = Understood::Documents(opened.kind, &opened.documents);
    loading.add_source(&opened.name, shown(&opened.text, &understood))
}
