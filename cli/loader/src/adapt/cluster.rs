//! EKS clusters.

use super::{
    attribute::{first, member, of},
    batch::Batch,
    spelling::IDENTITY,
};
use crate::{
    issuer::without_scheme,
    resource::{Home, Resource},
};
use policy_engine::{
    inventory::{AccountId, Attribute, Cluster, Dialect, Region},
    source::Spanned,
    syntax::node::Node,
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let (Some(arn), Some((account, region))) = (&resource.arn, resource.home.placed()) else {
        return;
    };
    let cluster = Cluster {
        issuer: issuer(resource),
        origin: resource.name.origin,
        ..named(
            &arn.to_string(),
            &resource.name,
            (account, region),
            &resource.home.partition,
        )
    };
    batch.identify("clusters", resource, &arn.to_string());
    batch.loading.inventory.clusters.push(cluster);
}

/// The issuer without its scheme; every cluster has one.
fn issuer(resource: &Resource<'_>) -> Attribute<String> {
    let stated = resource.stated(IDENTITY);
    let oidc = stated
        .as_deref()
        .and_then(|identity| member(first(identity), &["oidc"]));
    let issuer = oidc.and_then(|oidc| member(first(oidc), &["issuer"]));
    let Some(bare) = issuer.and_then(Node::as_text).map(without_scheme) else {
        return match of(issuer) {
            Attribute::Unknown(hole) => Attribute::Unknown(hole),
            Attribute::Known(_) | Attribute::Absent => Attribute::unstated(),
        };
    };
    match (bare.known(), bare.holes()) {
        (Some(known), _) => Attribute::Known(known.to_owned()),
        (None, [(_, hole)]) if bare.literal().is_empty() => Attribute::Unknown(hole.clone()),
        _ => Attribute::unstated(),
    }
}

/// A cluster of which only its name is known.
fn named(
    arn: &str,
    name: &Spanned<String>,
    (account, region): (AccountId, Region),
    partition: &str,
) -> Cluster {
    Cluster {
        arn: arn.to_owned(),
        name: name.value.clone(),
        account,
        region,
        partition: partition.to_owned(),
        issuer: Attribute::unstated(),
        endpoints: Vec::new(),
        rotation: true,
        provider: Dialect::default(),
        audiences: None,
        origin: name.origin,
    }
}

impl Batch<'_> {
    /// The ARN of a cluster that a resource names, so that it exists; its name if no source states its account and region.
    pub(super) fn cluster_of(&mut self, home: &Home, name: &Spanned<String>) -> String {
        let Some((account, region)) = home.placed() else {
            return name.value.clone();
        };
        let partition = &home.partition;
        let arn = format!(
            "arn:{partition}:eks:{region}:{account}:cluster/{}",
            name.value
        );
        let clusters = &mut self.loading.inventory.clusters;
        if clusters.iter().all(|cluster| cluster.arn != arn) {
            clusters.push(named(&arn, name, (account, region), partition));
        }
        arn
    }
}
