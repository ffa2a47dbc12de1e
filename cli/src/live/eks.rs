//! Clusters and their Pod Identity associations.

use super::{
    answers::{answers, item},
    call::{Calls, DESCRIBE_ASSOCIATION, DESCRIBE_CLUSTER, LIST_ASSOCIATIONS, LIST_CLUSTERS, each},
    home::{Failure, Home},
};
use aws_config::SdkConfig;
use aws_sdk_eks::{
    Client,
    types::{PodIdentityAssociation, PodIdentityAssociationSummary},
};
use loader::{Answer, Answers, Item};
use serde_json::{Value, json};

/// Reads all clusters, or the one of that name or ARN.
pub(super) async fn read(
    settings: &SdkConfig,
    calls: &Calls,
    home: &Home,
    only: Option<&str>,
) -> Result<Vec<Answers>, Failure> {
    let client = &Client::new(settings);
    let names = match only {
        Some(only) => vec![only.rsplit('/').next().unwrap_or(only).to_owned()],
        None => {
            let list = client.list_clusters().into_paginator().send().try_collect();
            let pages = calls
                .ask(LIST_CLUSTERS, "", list)
                .await?
                .unwrap_or_default();
            let names = pages.iter().flat_map(|page| page.clusters());
            names.cloned().collect()
        }
    };
    let details = each(&names, |name| describe(client, calls, home, name)).await?;
    let clusters = details.iter().filter_map(|answer| answer.cluster.clone());
    let described = details.iter().flat_map(|answer| answer.described.clone());
    let listed = details.iter().flat_map(|answer| answer.listed.clone());
    Ok(vec![
        answers("eks describe-cluster", Answer::Cluster, clusters.collect()),
        answers(
            "eks describe-pod-identity-association",
            Answer::Association,
            described.collect(),
        ),
        answers(
            "eks list-pod-identity-associations",
            Answer::Associations,
            listed.collect(),
        ),
    ])
}

/// The answers about a cluster.
struct Details {
    cluster: Option<Item>,
    described: Vec<Item>,
    /// List entries of associations whose description is denied.
    listed: Vec<Item>,
}

async fn describe(
    client: &Client,
    calls: &Calls,
    home: &Home,
    name: &str,
) -> Result<Details, Failure> {
    let description = client.describe_cluster().name(name).send();
    let list = client
        .list_pod_identity_associations()
        .cluster_name(name)
        .into_paginator()
        .send()
        .try_collect();
    let (description, pages) = tokio::try_join!(
        calls.ask(DESCRIBE_CLUSTER, name, description),
        calls.ask(LIST_ASSOCIATIONS, name, list),
    )?;
    let cluster = description.as_ref().and_then(|answer| answer.cluster());
    let Home {
        account,
        partition,
        region,
    } = home;
    let arn = format!("arn:{partition}:eks:{region}:{account}:cluster/{name}");
    let issuer = cluster.and_then(|cluster| cluster.identity()?.oidc()?.issuer());
    // Without any answer the cluster may not exist.
    let exists = cluster.is_some() || pages.is_some();
    let answer = json!({ "name": name, "arn": arn, "identity": { "oidc": { "issuer": issuer } } });
    let pages = pages.unwrap_or_default();
    let associations = pages.iter().flat_map(|page| page.associations());
    let items = each(associations, |summary| {
        association(client, calls, name, summary)
    })
    .await?;
    let (described, listed): (Vec<_>, Vec<_>) = items.into_iter().unzip();
    Ok(Details {
        cluster: exists.then(|| item(arn, json!({ "cluster": answer }))),
        described: described.into_iter().flatten().collect(),
        listed: listed.into_iter().flatten().collect(),
    })
}

/// The description of an association, else its list entry.
async fn association(
    client: &Client,
    calls: &Calls,
    cluster: &str,
    listed: &PodIdentityAssociationSummary,
) -> Result<(Option<Item>, Option<Item>), Failure> {
    let arn = listed.association_arn().unwrap_or_default();
    let call = client
        .describe_pod_identity_association()
        .cluster_name(cluster)
        .association_id(listed.association_id().unwrap_or_default())
        .send();
    let answer = calls.ask(DESCRIBE_ASSOCIATION, arn, call).await?;
    if let Some(association) = answer.as_ref().and_then(|answer| answer.association()) {
        let answer = json!({ "association": described(association) });
        return Ok((Some(item(arn, answer)), None));
    }
    let answer = json!({
        "associationArn": listed.association_arn(),
        "clusterName": cluster,
        "namespace": listed.namespace(),
        "serviceAccount": listed.service_account(),
    });
    Ok((None, Some(item(arn, json!({ "associations": [answer] })))))
}

fn described(association: &PodIdentityAssociation) -> Value {
    json!({
        "associationArn": association.association_arn(),
        "clusterName": association.cluster_name(),
        "namespace": association.namespace(),
        "serviceAccount": association.service_account(),
        "roleArn": association.role_arn(),
        "targetRoleArn": association.target_role_arn(),
        "externalId": association.external_id(),
        "disableSessionTags": association.disable_session_tags(),
        "policy": association.policy(),
    })
}
