//! Issuers of clusters: the address of a cluster's identity provider, with and without its scheme.
//!
//! Amazon EKS User Guide, "IAM roles for service accounts": the names of the condition keys and of the provider have no scheme.

use policy_engine::{inventory::Cluster, text::Text};

/// What AWS writes before an issuer in the description of a cluster.
pub(crate) const SCHEME: &str = "https://";
/// What the ARN of a provider has before its issuer.
const PROVIDER: &str = "provider/";
/// How a known Terraform module takes the issuer out of the ARN of a provider.
///
/// terraform-aws-modules/terraform-aws-iam, `iam-role-for-service-accounts`.
const UP_TO_PROVIDER: &str = "/^(.*provider/)/";

/// An address without its scheme.
pub(crate) fn without_scheme(text: &Text) -> Text {
    match text.literal().strip_prefix(SCHEME) {
        Some(rest) if starts_at(text, SCHEME.len()) => {
            text.slice(SCHEME.len(), SCHEME.len() + rest.len())
        }
        _ => text.clone(),
    }
}

/// A text with the issuer of a cluster after a replacement by nothing: an issuer contains neither a scheme nor `provider/`.
pub(crate) fn without(text: &Text, pattern: &str) -> Option<Text> {
    let mut holes = text.holes().iter();
    let is_issuer = holes.all(|(_, hole)| hole.name.starts_with(&Cluster::unknown_issuer("")));
    let literal = text.literal();
    let end = match pattern {
        SCHEME if literal.starts_with(SCHEME) => SCHEME.len(),
        UP_TO_PROVIDER => literal.rfind(PROVIDER)? + PROVIDER.len(),
        _ => return None,
    };
    let is_once = pattern != SCHEME || !literal.get(end..)?.contains(SCHEME);
    (is_issuer && is_once && starts_at(text, end)).then(|| text.slice(end, literal.len()))
}

/// Whether no hole is before a place of the literal text.
fn starts_at(text: &Text, place: usize) -> bool {
    text.holes().iter().all(|(at, _)| *at as usize >= place)
}
