//! Answers of EKS: clusters and Pod Identity associations.

use super::Reader;
use crate::{fields::member, policy};
use policy_engine::{
    inventory::{Association, Cluster, Dialect},
    policy::PolicyType,
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};

impl Reader<'_> {
    /// `describe-cluster`
    pub(super) fn cluster(&mut self, node: &Node) {
        let Some(arn) = self.required(node, "arn", "a cluster") else {
            return;
        };
        let Some(name) = member(node, "name") else {
            return;
        };
        let Some(parsed) = self.arn(&arn) else { return };
        let issuer = node
            .at(&["identity", "oidc"])
            .and_then(|oidc| member(oidc, "issuer"));
        self.loading.inventory.clusters.push(Cluster {
            arn: arn.value.clone(),
            name: name.value,
            account: parsed.account.to_owned(),
            region: parsed.region.to_owned(),
            partition: parsed.partition.to_owned(),
            issuer: issuer.map(|issuer| issuer.value.trim_start_matches("https://").to_owned()),
            endpoints: Vec::new(),
            rotation: true,
            provider: Dialect::default(),
            audiences: None,
            origin: name.origin,
        });
    }

    /// `describe-pod-identity-association`, and an entry of the list call, which has no role.
    pub(super) fn association(&mut self, node: &Node) {
        let what = "an association";
        let (Some(cluster), Some(namespace), Some(service_account)) = (
            self.required(node, "clusterName", what),
            self.required(node, "namespace", what),
            self.required(node, "serviceAccount", what),
        ) else {
            return;
        };
        let cluster = self.cluster_of(node, &cluster);
        let disabled = node.get("disableSessionTags");
        let session_tags = match disabled.map(|node| &node.value) {
            Some(Value::Bool(disabled)) => !disabled,
            _ => true,
        };
        let policy = node
            .get("policy")
            .filter(|policy| policy.as_str().is_some_and(|text| !text.is_empty()));
        let policy = policy.and_then(|node| {
            policy::document(self.loading, node, PolicyType::Session, "session policy")
        });
        let written = |name: &str| member(node, name).filter(|text| !text.value.is_empty());
        self.loading.inventory.associations.push(Association {
            cluster,
            namespace,
            service_account,
            role: written("roleArn"),
            target_role: written("targetRoleArn"),
            external_id: written("externalId").map(|id| id.value),
            session_tags: Spanned::new(
                session_tags,
                disabled.map_or(node.origin, |node| node.origin),
            ),
            policy,
            declared: None,
            duplicates: Vec::new(),
            origin: node.origin,
        });
    }

    /// The ARN of an association's cluster; an association proves that its cluster exists.
    fn cluster_of(&mut self, node: &Node, name: &Spanned<String>) -> String {
        let arn = member(node, "associationArn");
        let parsed = arn.as_ref().and_then(|arn| self.arn(arn));
        let (partition, region, account) =
            match (&parsed, &self.setting.account, &self.setting.region) {
                (Some(arn), ..) => (
                    arn.partition.to_owned(),
                    arn.region.to_owned(),
                    arn.account.to_owned(),
                ),
                (None, Some(account), Some(region)) => {
                    (self.partition().to_owned(), region.clone(), account.clone())
                }
                _ => return name.value.clone(),
            };
        let arn = format!(
            "arn:{partition}:eks:{region}:{account}:cluster/{}",
            name.value
        );
        self.loading
            .inventory
            .clusters
            .push(implied(&arn, name, account, region, partition));
        arn
    }
}

fn implied(
    arn: &str,
    name: &Spanned<String>,
    account: String,
    region: String,
    partition: String,
) -> Cluster {
    let origin: Origin = name.origin;
    Cluster {
        arn: arn.to_owned(),
        name: name.value.clone(),
        account,
        region,
        partition,
        issuer: None,
        endpoints: Vec::new(),
        rotation: true,
        provider: Dialect::default(),
        audiences: None,
        origin,
    }
}
