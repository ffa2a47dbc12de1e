//! OIDC providers of clusters that accept no token of a service account.

use super::resolve::Resolver;
use crate::{loading::Loading, unread, value::has_hole};
use policy_engine::syntax::node::Node;

/// Names the providers without the audience of AWS STS.
pub(super) fn name(loading: &mut Loading, resolver: &Resolver<'_>) {
    let managed = resolver.plan.resources.iter();
    let managed = managed.filter(|resource| !resource.data);
    for resource in managed.filter(|resource| resource.kind == "aws_iam_openid_connect_provider") {
        let url = resolver.field(resource, "url");
        let clients = resolver.field(resource, "client_id_list");
        if !url.is_some_and(|url| is_of_cluster(&url))
            || !clients.is_some_and(|clients| is_without(&clients))
        {
            continue;
        }
        let place = resolver.place(resource);
        let file = loading.sources.name(place.source);
        let shown = format!("{file} ({})", resource.address);
        loading.unread_file(&shown, unread::audience());
    }
}

/// Whether a URL is the issuer of a cluster, known or not.
fn is_of_cluster(url: &Node) -> bool {
    let Some(text) = url.as_text() else {
        return false;
    };
    let mut holes = text.holes().iter();
    text.literal().contains("oidc.eks.")
        || holes.any(|(_, hole)| ["oidc", "OIDC"].iter().any(|word| hole.name.contains(word)))
}

/// Whether a list of audiences is known and lacks that of AWS STS.
fn is_without(clients: &Node) -> bool {
    let items = clients.as_list().unwrap_or_default();
    let mut items = items.iter();
    !has_hole(clients) && items.all(|item| item.as_str() != Some("sts.amazonaws.com"))
}
