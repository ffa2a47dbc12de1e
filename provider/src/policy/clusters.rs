//! Selects the cluster of a snapshot that this provider serves.

use policy_engine::inventory::Inventory;
use std::collections::BTreeMap;

/// The names of clusters by the references that pods use.
fn all(inventory: &Inventory) -> BTreeMap<String, String> {
    let known = inventory.clusters.iter();
    let mut clusters: BTreeMap<_, _> = known
        .map(|cluster| (cluster.arn.clone(), cluster.name.clone()))
        .collect();
    for pod in inventory.pods() {
        clusters
            .entry(pod.cluster.clone())
            .or_insert_with(|| pod.cluster.clone());
    }
    clusters
}

/// The cluster with a name or an ARN, or the only cluster; `None` if there are several and none is wanted.
pub(super) fn pick(inventory: &Inventory, wanted: Option<&str>) -> Result<Option<String>, String> {
    let all = all(inventory);
    let names = || all.values().cloned().collect::<Vec<_>>().join(", ");
    let Some(wanted) = wanted else {
        let mut references = all.keys();
        let first = references.next().cloned();
        return match (&first, references.next()) {
            (None, _) => Err("the snapshot contains no cluster".to_owned()),
            (Some(_), None) => Ok(first),
            (Some(_), Some(_)) => Ok(None),
        };
    };
    let mut fitting = all
        .iter()
        .filter(|(reference, name)| *reference == wanted || *name == wanted);
    match (fitting.next(), fitting.next()) {
        (Some((reference, _)), None) => Ok(Some(reference.clone())),
        (Some(_), Some(_)) => Err(format!(
            "the snapshot contains several clusters `{wanted}`; set --policy-cluster to an ARN"
        )),
        (None, _) => Err(format!(
            "the snapshot contains no cluster `{wanted}`; it contains {}",
            names()
        )),
    }
}

/// The cluster with this token issuer.
pub(super) fn of_issuer(inventory: &Inventory, issuer: &str) -> Option<String> {
    let bare = |issuer: &str| {
        let issuer = issuer.strip_prefix("https://").unwrap_or(issuer);
        issuer.trim_end_matches('/').to_owned()
    };
    let mut fitting = inventory.clusters.iter().filter(|cluster| {
        cluster
            .issuer
            .known()
            .is_some_and(|own| bare(own) == bare(issuer))
    });
    let cluster = fitting.next()?;
    fitting.next().is_none().then(|| cluster.arn.clone())
}

/// The name of a cluster, or the names of all.
pub(super) fn name(inventory: &Inventory, cluster: Option<&str>) -> String {
    let all = all(inventory);
    match cluster {
        Some(cluster) => all.get(cluster).cloned().unwrap_or_default(),
        None => all.into_values().collect::<Vec<_>>().join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::{
        inventory::{AccountId, Attribute, Cluster, Dialect, Region},
        source::Origin,
    };

    fn cluster(region: &str, name: &str) -> Cluster {
        Cluster {
            arn: format!("arn:aws:eks:{region}:111122223333:cluster/{name}"),
            name: name.to_owned(),
            account: AccountId::parse("111122223333").unwrap(),
            region: Region::parse(region).unwrap(),
            partition: "aws".to_owned(),
            issuer: Attribute::Known(format!("oidc.eks.{region}.amazonaws.com/id/{name}")),
            endpoints: Vec::new(),
            rotation: false,
            provider: Dialect::default(),
            audiences: None,
            origin: Origin::NOWHERE,
        }
    }

    #[test]
    fn the_cluster_is_the_only_or_the_wanted_cluster() {
        let mut inventory = Inventory::default();
        assert!(pick(&inventory, None).is_err());
        inventory.clusters = vec![cluster("us-east-1", "prod")];
        let prod = inventory.clusters[0].arn.clone();
        assert_eq!(pick(&inventory, None), Ok(Some(prod.clone())));
        inventory.clusters.push(cluster("eu-west-1", "test"));
        assert_eq!(pick(&inventory, None), Ok(None));
        assert_eq!(pick(&inventory, Some("prod")), Ok(Some(prod.clone())));
        assert_eq!(pick(&inventory, Some(&prod)), Ok(Some(prod.clone())));
        let error = pick(&inventory, Some("dev")).unwrap_err();
        assert!(error.ends_with("it contains test, prod"), "{error}");
        inventory.clusters.push(cluster("eu-west-1", "prod"));
        assert!(pick(&inventory, Some("prod")).is_err());
        assert_eq!(name(&inventory, Some(&prod)), "prod");
    }

    #[test]
    fn an_issuer_names_its_cluster() {
        let inventory = Inventory {
            clusters: vec![cluster("us-east-1", "a"), cluster("us-east-1", "b")],
            ..Inventory::default()
        };
        let issuer = "https://oidc.eks.us-east-1.amazonaws.com/id/b";
        let arn = Some(inventory.clusters[1].arn.clone());
        assert_eq!(of_issuer(&inventory, issuer), arn);
        assert_eq!(of_issuer(&inventory, "https://other"), None);
    }
}
