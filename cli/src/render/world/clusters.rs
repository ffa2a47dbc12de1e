//! Clusters of a world file: service accounts, their associations and mounts.

use super::{
    Piece, Writer, document, flat,
    names::{intended_object, short},
    omitted::missing_association,
    text,
};
use policy_engine::inventory::{Association, Cluster, Dialect, Pod, Via, find::Object};
use serde_json::json;

impl Writer<'_> {
    pub(super) fn clusters(&self, account: &str) -> Vec<(String, Piece)> {
        let clusters = self
            .inventory
            .clusters
            .iter()
            .filter(|cluster| cluster.account == account && !self.omitted.has(&cluster.arn));
        clusters
            .map(|cluster| {
                let mut members = vec![("region".to_owned(), text(&cluster.region))];
                let issuer = cluster
                    .issuer
                    .known()
                    .map(|issuer| ("oidc".to_owned(), text(short(issuer))));
                members.extend(issuer);
                if !cluster.endpoints.is_empty() {
                    members.push(("endpoints".into(), Piece::Inline(json!(cluster.endpoints))));
                }
                if !cluster.rotation {
                    members.push(("rotation".into(), Piece::Inline(json!(false))));
                }
                if cluster.provider != Dialect::default() {
                    members.push(("provider".into(), text(cluster.provider.word())));
                }
                if let Some(audiences) = &cluster.audiences {
                    members.push(("audiences".into(), Piece::Inline(json!(audiences.value))));
                }
                members.push((
                    "serviceAccounts".into(),
                    Piece::Map(self.service_accounts(cluster)),
                ));
                (cluster.name.clone(), Piece::Map(members))
            })
            .collect()
    }

    fn service_accounts(&self, cluster: &Cluster) -> Vec<(String, Piece)> {
        let own = |reference: &str| {
            self.inventory
                .cluster(reference)
                .is_some_and(|other| other.arn == cluster.arn)
        };
        let pods = self.inventory.pods();
        pods.iter()
            .filter(|pod| own(&pod.cluster))
            .map(|pod| {
                let mut members = Vec::new();
                let association = self.inventory.associations.iter().find(|association| {
                    association.cluster == pod.cluster
                        && association.namespace.value == pod.namespace
                        && association.service_account.value == pod.service_account
                });
                members.extend(association.and_then(|association| self.association(association)));
                let account = self
                    .inventory
                    .service_accounts
                    .iter()
                    .find(|account| account.pod == *pod);
                let irsa = account.and_then(|account| account.irsa.as_ref());
                members.extend(
                    irsa.map(|role| ("irsa".to_owned(), text(&self.role_reference(&role.value)))),
                );
                let mounts = self.pod_mounts(pod);
                if !mounts.is_empty() {
                    members.push(("mounts".into(), Piece::List(mounts)));
                }
                (
                    format!("{}/{}", pod.namespace, pod.service_account),
                    Piece::Map(members),
                )
            })
            .collect()
    }

    /// `shop:pod-reader`, or the ARN of a role that is not in the world.
    pub(super) fn role_reference(&self, arn: &str) -> String {
        if self.inventory.role(arn).is_some() && !self.omitted.has(arn) {
            self.inventory.role_name(arn)
        } else {
            arn.to_owned()
        }
    }

    fn association(&self, association: &Association) -> Option<(String, Piece)> {
        if missing_association(association).is_some() {
            return None;
        }
        let role = self.role_reference(&association.role.known()?.value);
        let mut members = vec![("role".to_owned(), text(&role))];
        if let Some(target) = association.target_role.known() {
            members.push((
                "targetRole".into(),
                text(&self.role_reference(&target.value)),
            ));
        }
        members.extend(
            association
                .external_id
                .known()
                .map(|id| ("externalId".to_owned(), text(id))),
        );
        if association.sets_tags() == Some(false) {
            members.push(("sessionTags".into(), Piece::Inline(json!(false))));
        }
        members.extend(
            association
                .policy
                .known()
                .map(|policy| ("policy".to_owned(), document(policy))),
        );
        Some(("association".into(), Piece::Map(members)))
    }

    fn pod_mounts(&self, pod: &Pod) -> Vec<Piece> {
        let mounts = self.mounts.iter().filter(|mount| mount.pod == *pod);
        mounts
            .filter_map(|mount| {
                let object = mount
                    .object
                    .or_else(|| intended_object(self.inventory, mount));
                let name = match object {
                    None if mount.name.value.starts_with("arn:") => mount.name.value.clone(),
                    None => return None,
                    Some(object @ Object::Key(_)) => object.arn().to_string(),
                    Some(object) => object.display(self.inventory),
                };
                let mut members = vec![("object".to_owned(), text(&name))];
                members.extend(
                    mount
                        .region
                        .as_ref()
                        .map(|region| ("region".to_owned(), text(region))),
                );
                let failover = mount
                    .failover
                    .as_ref()
                    .map(|failover| ("failover".to_owned(), text(failover.region)));
                members.extend(failover);
                members.extend(
                    mount
                        .version
                        .map(|version| ("version".to_owned(), text(version))),
                );
                members.extend(mount.label.map(|label| ("label".to_owned(), text(label))));
                let via = mount.via.map(|via| {
                    if via == Via::Irsa {
                        "irsa"
                    } else {
                        "pod-identity"
                    }
                });
                members.extend(via.map(|via| ("via".to_owned(), text(via))));
                Some(Piece::Inline(flat(members)))
            })
            .collect()
    }
}
