//! Answers of EKS: clusters and Pod Identity associations.

use super::{Reader, Subject, home_of};
use crate::{fields::member, resource::Noun};
use policy_engine::{syntax::node::Node, text::Text};

impl Reader<'_> {
    /// `describe-cluster`
    pub(super) fn cluster(&mut self, node: &Node) {
        let Some(arn) = self.required(node, "arn", "a cluster") else {
            return;
        };
        let Some(name) = member(node, "name") else {
            return;
        };
        let Some(home) = self.arn(&arn).map(|parsed| home_of(&parsed)) else {
            return;
        };
        let subject = Subject {
            name,
            arn: Some(Text::from(arn.value)),
            home,
            is_whole: true,
            origin: node.origin,
        };
        self.adapt(Noun::Cluster, subject, node);
    }

    /// `describe-pod-identity-association`, and an entry of the list call, which has no role.
    pub(super) fn association(&mut self, node: &Node) {
        let what = "an association";
        let (Some(_), Some(_), Some(service_account)) = (
            self.required(node, "clusterName", what),
            self.required(node, "namespace", what),
            self.required(node, "serviceAccount", what),
        ) else {
            return;
        };
        let arn = member(node, "associationArn");
        let home = arn.as_ref().and_then(|arn| self.arn(arn));
        let home = home.map_or_else(|| self.home(), |arn| home_of(&arn));
        let subject = Subject {
            name: service_account,
            arn: None,
            home,
            is_whole: true,
            origin: node.origin,
        };
        self.adapt(Noun::Association, subject, node);
    }
}
