//! Condition keys with a tag in their name.

use policy_engine::service::ServiceProfile;

/// The tag of `aws:ResourceTag/…` or of a spelling of its own that a service has: docs/semantics.md#secrets-manager-keys and
/// #parameter-store-keys.
pub(crate) fn resource_tag(key: &str) -> Option<&str> {
    let mut prefixes = ServiceProfile::ALL
        .iter()
        .flat_map(|profile| profile.tag_keys);
    prefixes.find_map(|prefix| strip(key, prefix))
}

/// The rest of a key after a prefix, without regard to case.
pub(crate) fn strip<'k>(key: &'k str, prefix: &str) -> Option<&'k str> {
    let head = key.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| key.get(prefix.len()..))
        .flatten()
}
