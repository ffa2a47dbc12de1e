//! Condition keys that carry the tag of something.

/// The tag of `aws:ResourceTag/…` in any of its spellings.
pub(crate) fn resource_tag(key: &str) -> Option<&str> {
    [
        "aws:ResourceTag/",
        "secretsmanager:ResourceTag/",
        "ssm:resourceTag/",
    ]
    .iter()
    .find_map(|prefix| strip(key, prefix))
}

/// What follows a prefix, whose case does not matter.
pub(crate) fn strip<'k>(key: &'k str, prefix: &str) -> Option<&'k str> {
    let head = key.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| key.get(prefix.len()..))
        .flatten()
}
