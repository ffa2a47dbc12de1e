//! Documents that no source contains: the policies that AWS attaches itself, and the words of the world file for policies.

use super::{PolicyDocument, PolicyType, parse};
use crate::{source::Origin, syntax::json};

/// The prefix of the names of the policies of AWS managed keys; nobody can change these policies.
pub const MANAGED_KEY_POLICY: &str = "policy of the AWS managed key";

/// `FullAWSAccess` or `RCPFullAWSAccess`, attached to every node of an organization unless somebody detaches it.
pub fn full_access(kind: PolicyType) -> PolicyDocument {
    let name = if kind == PolicyType::Rcp {
        "RCPFullAWSAccess"
    } else {
        "FullAWSAccess"
    };
    read(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        PolicyType::Scp,
        name,
    )
}

/// The trust policy that EKS documents for Pod Identity.
pub fn pod_identity_trust() -> PolicyDocument {
    read(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},
            "Action":["sts:AssumeRole","sts:TagSession"]}]}"#,
        PolicyType::Trust,
        "trust policy",
    )
}

/// The policy of a key that was created without a policy: the account's identity policies decide.
pub fn default_key_policy(partition: &str, account: &str) -> PolicyDocument {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Enable IAM User Permissions","Effect":"Allow",
            "Principal":{{"AWS":"arn:{partition}:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    read(&text, PolicyType::Key, "default key policy")
}

/// The policy of the key that AWS manages for Secrets Manager or Parameter Store (docs/semantics.md#kms-keys).
pub fn managed_key_policy(
    partition: &str,
    account: &str,
    service: &str,
    region: &str,
) -> PolicyDocument {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"*"}},
            "Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:CreateGrant",
            "kms:DescribeKey"],"Resource":"*","Condition":{{"StringEquals":{{"kms:CallerAccount":"{account}",
            "kms:ViaService":"{service}.{region}.amazonaws.com"}}}}}},
            {{"Effect":"Allow","Principal":{{"AWS":"arn:{partition}:iam::{account}:root"}},
            "Action":["kms:Describe*","kms:Get*","kms:List*","kms:RevokeGrant"],"Resource":"*"}}]}}"#
    );
    read(
        &text,
        PolicyType::Key,
        &format!("{MANAGED_KEY_POLICY} aws/{service}"),
    )
}

fn read(text: &str, kind: PolicyType, name: &str) -> PolicyDocument {
    match json::parse(Origin::NOWHERE.source, text) {
        Ok(node) => parse::document(&node, kind, name).0,
        // Only a mistake in this file leads here, and the tests of this file would fail: an empty document allows nothing.
        Err(error) => PolicyDocument {
            name: name.into(),
            origin: error.origin,
            version: None,
            id: None,
            statements: Vec::new(),
            problems: Box::default(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_has_statements() {
        let documents = [
            full_access(PolicyType::Scp),
            pod_identity_trust(),
            default_key_policy("aws", "111122223333"),
            managed_key_policy("aws", "111122223333", "secretsmanager", "us-east-1"),
        ];
        for document in documents {
            assert!(!document.statements.is_empty(), "{}", document.name);
            assert!(!document.origin.is_somewhere());
            assert!(document.has_variables());
        }
    }
}
