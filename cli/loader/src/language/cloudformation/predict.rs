//! The values of `Ref` and of attributes of a resource that follow from its type, name, account and region.
//!
//! AWS CloudFormation Template Reference, "Return values" of each resource type.

use super::evaluate::Evaluator;
use crate::arns::{alias_name, chosen_name, key_arn, parameter_arn, role_arn, secret_arn};
use crate::unnamed::expressed;
use policy_engine::{syntax::node::Node, text::Text};

impl Evaluator<'_> {
    /// An attribute, or what `Ref` gives where none is named.
    pub(super) fn predict(
        &self,
        id: &str,
        resource: &Node,
        attribute: Option<&str>,
    ) -> Option<Text> {
        let kind = resource.get("Type")?.as_str()?;
        match (kind, attribute) {
            ("AWS::IAM::Role" | "AWS::EKS::Cluster" | "AWS::SSM::Parameter", None) => {
                Some(Text::shown(&self.name(id, resource)))
            }
            (
                "AWS::IAM::Role" | "AWS::EKS::Cluster" | "AWS::KMS::Key" | "AWS::KMS::ReplicaKey",
                Some("Arn"),
            )
            | ("AWS::IAM::ManagedPolicy", None | Some("PolicyArn"))
            | ("AWS::SecretsManager::Secret", None | Some("Id")) => self.arn(id, resource),
            ("AWS::KMS::Key" | "AWS::KMS::ReplicaKey", None | Some("KeyId")) => {
                let arn = self.arn(id, resource)?;
                let at = arn.literal().find(":key/").map(|at| at + 5)?;
                Some(arn.slice(at, arn.literal().len()))
            }
            ("AWS::KMS::Alias", None) => {
                let name = self.property(resource, "AliasName")?;
                Some(Text::from(alias_name(name.as_str()?)))
            }
            (
                "AWS::SecretsManager::ResourcePolicy"
                | "AWS::SecretsManager::SecretTargetAttachment",
                None,
            ) => self.property(resource, "SecretId")?.scalar_text(),
            _ => None,
        }
    }

    /// The name of a resource; a name that CloudFormation chooses is between angle brackets.
    pub(super) fn name(&self, id: &str, resource: &Node) -> String {
        let kind = resource.get("Type").and_then(Node::as_str).unwrap_or("");
        let property = match kind {
            "AWS::IAM::Role" => "RoleName",
            "AWS::IAM::ManagedPolicy" => "ManagedPolicyName",
            "AWS::IAM::Policy" | "AWS::IAM::RolePolicy" => "PolicyName",
            _ => "Name",
        };
        let written = self.property(resource, property);
        written.and_then(|node| node.scalar_text()).map_or_else(
            || chosen_name(&format!("{id} in {}", self.file)),
            |text| text.to_string(),
        )
    }

    /// The ARN of a resource that has one.
    pub(super) fn arn(&self, id: &str, resource: &Node) -> Option<Text> {
        let kind = resource.get("Type")?.as_str()?;
        let (partition, account) = (&self.home.partition, expressed(self.home.account.as_ref()?));
        let iam = |word: &str| {
            let path = self.property(resource, "Path");
            let path = path.and_then(|path| path.scalar_text());
            let path = path.map_or_else(|| "/".to_owned(), |path| path.to_string());
            let arn = role_arn(partition, account, &path, &self.name(id, resource));
            Text::shown(&arn.replacen(":role/", &format!(":{word}/"), 1))
        };
        match kind {
            "AWS::IAM::Role" => return Some(iam("role")),
            "AWS::IAM::ManagedPolicy" => return Some(iam("policy")),
            _ => {}
        }
        let region = self.home.region.as_ref()?;
        match kind {
            "AWS::SecretsManager::Secret" => Some(secret_arn(
                partition,
                region,
                account,
                None,
                &self.owner,
                &self.name(id, resource),
            )),
            "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => Some(key_arn(
                partition,
                region,
                account,
                None,
                &self.owner,
                &self.key_name(id),
            )),
            "AWS::SSM::Parameter" => Some(Text::shown(&parameter_arn(
                partition,
                region,
                account,
                &self.name(id, resource),
            ))),
            "AWS::EKS::Cluster" => Some(Text::shown(&format!(
                "arn:{partition}:eks:{region}:{account}:cluster/{}",
                self.name(id, resource)
            ))),
            _ => None,
        }
    }

    /// What a key is called: it has no name of its own.
    pub(super) fn key_name(&self, id: &str) -> String {
        format!("{id} in {}", self.file)
    }
}
