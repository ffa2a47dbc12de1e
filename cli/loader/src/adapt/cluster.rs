//! EKS clusters.

use super::{
    attribute::{first, member},
    batch::Batch,
    spelling::IDENTITY,
};
use crate::resource::{Home, Resource};
use policy_engine::{
    inventory::{Attribute, Cluster, Dialect},
    source::Spanned,
    syntax::node::Node,
};

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let (Some(arn), Some(account), Some(region)) =
        (&resource.arn, &resource.home.account, &resource.home.region)
    else {
        return;
    };
    let cluster = Cluster {
        issuer: Attribute::or_untold(issuer(resource)),
        origin: resource.name.origin,
        ..named(
            &arn.to_string(),
            &resource.name,
            account,
            region,
            &resource.home.partition,
        )
    };
    batch.loading.inventory.clusters.push(cluster);
}

/// The issuer without its scheme, when it is known.
fn issuer(resource: &Resource<'_>) -> Option<String> {
    let identity = resource.stated(IDENTITY)?;
    let oidc = member(first(&identity), &["oidc"])?;
    let issuer = member(first(oidc), &["issuer"]).and_then(Node::as_str)?;
    Some(issuer.trim_start_matches("https://").to_owned())
}

/// A cluster of which only its name is known.
fn named(
    arn: &str,
    name: &Spanned<String>,
    account: &str,
    region: &str,
    partition: &str,
) -> Cluster {
    Cluster {
        arn: arn.to_owned(),
        name: name.value.clone(),
        account: account.to_owned(),
        region: region.to_owned(),
        partition: partition.to_owned(),
        issuer: Attribute::untold(),
        endpoints: Vec::new(),
        rotation: true,
        provider: Dialect::default(),
        audiences: None,
        origin: name.origin,
    }
}

impl Batch<'_> {
    /// The ARN of a cluster that something names, which exists therefore; its name where nothing tells where it is.
    pub(super) fn cluster_of(&mut self, home: &Home, name: &Spanned<String>) -> String {
        let (Some(account), Some(region)) = (&home.account, &home.region) else {
            return name.value.clone();
        };
        let partition = &home.partition;
        let arn = format!(
            "arn:{partition}:eks:{region}:{account}:cluster/{}",
            name.value
        );
        let clusters = &mut self.loading.inventory.clusters;
        if clusters.iter().all(|cluster| cluster.arn != arn) {
            clusters.push(named(&arn, name, account, region, partition));
        }
        arn
    }
}
