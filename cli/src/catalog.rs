//! Service catalogs of files, and how old a catalog is.

use crate::commands::Trouble;
use jiff::civil::Date;
use loader::shown_path;
use rules::catalog::Catalog;
use std::path::Path;

/// The largest catalog.
const MAX_FILE: u64 = 256 * 1024 * 1024;
/// After this number of days a name that the catalog lacks may exist.
pub(crate) const OLD: i32 = 90;

/// Reads a catalog.
pub(crate) fn read(path: &Path) -> Result<Catalog, Trouble> {
    let shown = shown_path(path);
    let trouble = |error: String| Trouble::new(format!("{shown}: {error}"), None);
    let bytes = loader::read_named(path, MAX_FILE);
    let text = bytes
        .and_then(loader::decoded)
        .map_err(|refused| trouble(refused.to_string()))?;
    Catalog::from_json(&text).map_err(|error| trouble(format!("not a catalog: {error}")))
}

/// How many days ago a catalog was made.
pub(crate) fn age(catalog: &Catalog, today: Date) -> Option<i32> {
    let date: Date = catalog.date().get(..10)?.parse().ok()?;
    Some((today - date).get_days())
}

/// Whether a catalog is so old that a name that it lacks may exist.
pub(crate) fn is_old(catalog: &Catalog, today: Date) -> bool {
    age(catalog, today).is_none_or(|days| days > OLD)
}
