//! KMS110 `key-policy-wildcard-principal`.

use crate::ask::probe::open_to_strangers;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, named};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a key policy that allows every principal of any account to decrypt.
    ///
    /// # Why it matters
    ///
    /// Any account can give its own roles `kms:Decrypt` on this key. These roles can then decrypt every ciphertext under the
    /// key that they obtain.
    ///
    /// # Flagged
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Limit the Allow to the calling account and the service:
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333", "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["*"]
    ///     }
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:CallerAccount"
    ///       values   = ["111122223333"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.us-east-1.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # When to allow it
    ///
    /// AWS managed keys have this policy with `kms:CallerAccount` and `kms:ViaService`; the rule does not flag it.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    "KMS110" "key-policy-wildcard-principal", Critical Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

/// The actions that decrypt, and those by which a caller can allow itself to decrypt.
///
/// AWS KMS Developer Guide, "Grants in AWS KMS" and "AWS KMS permissions".
const ACTIONS: [&str; 4] = [
    "kms:Decrypt",
    "kms:PutKeyPolicy",
    "kms:CreateGrant",
    "kms:ReEncryptFrom",
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Key {
        return;
    }
    for statement in document.allows() {
        let Some(action) = named(statement, &ACTIONS) else {
            continue;
        };
        let asked = (statement, action);
        let open = open_to_strangers(context, document, asked, "kms:calleraccount");
        let Some((place, proof)) = open else { continue };
        let message = format!(
            "the policy of the key `{}` allows every AWS account {}",
            document.object,
            if action == "kms:Decrypt" {
                "to decrypt"
            } else {
                action
            }
        );
        let draft = document
            .in_statement(statement, place, "everyone", message)
            .because(action)
            .help("list the roles that decrypt in `Principal`, or add a condition on `kms:CallerAccount`")
            .request(Some(proof));
        findings.add(draft);
    }
}
