//! The six tags that EKS sets on a session, and names that are nearly the same.

use crate::text::variables::{principal_tag, variables};
use policy_engine::{
    policy::statement::Written,
    source::{Origin, Span},
};

/// The keys of the session tags: docs/semantics.md#pod-identity-session-tags.
pub(crate) const KEYS: [&str; 6] = [
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
];

/// The tags of the caller, or of the request that starts the session, that a text names; each with its place.
pub(crate) fn named(text: &Written) -> Vec<(String, Origin)> {
    let literal = text.text.literal();
    let mut tags = Vec::new();
    for prefix in ["aws:PrincipalTag/", "aws:RequestTag/"] {
        let head = literal.get(..prefix.len());
        if let Some(tag) = literal
            .get(prefix.len()..)
            .filter(|_| head.is_some_and(|head| head.eq_ignore_ascii_case(prefix)))
        {
            let span = Span::new(prefix.len(), literal.len());
            tags.push((tag.to_owned(), text.inner(span)));
        }
    }
    for (variable, ..) in variables(literal) {
        if let Some(tag) = principal_tag(&variable) {
            let end = variable.span.end;
            let start = end.saturating_sub(u32::try_from(tag.len()).unwrap_or(0));
            tags.push((tag.to_owned(), text.inner(Span { start, end })));
        }
    }
    tags
}

/// The session tag that a misspelt tag resembles; at most `most` letters differ.
pub(crate) fn near(tag: &str, most: usize) -> Option<&'static str> {
    let is_known = KEYS.iter().any(|known| known.eq_ignore_ascii_case(tag));
    if is_known {
        return None;
    }
    nearest(tag, KEYS.into_iter(), most)
}

/// The name nearest to a tag; separators, case and the Kubernetes prefixes do not count, and at most `most` letters differ.
pub(crate) fn nearest<'n>(
    tag: &str,
    names: impl Iterator<Item = &'n str>,
    most: usize,
) -> Option<&'n str> {
    let folded = fold(tag);
    names
        .map(|name| (strsim::levenshtein(&fold(name), &folded), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

fn fold(tag: &str) -> String {
    let plain: String = tag
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let stem = ["kubernetesio", "kubernetes", "k8s", "kube"]
        .iter()
        .find_map(|prefix| plain.strip_prefix(prefix));
    stem.map_or_else(|| plain.clone(), str::to_owned)
}
