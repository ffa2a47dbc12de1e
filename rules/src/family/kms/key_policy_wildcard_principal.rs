//! KMS110 `key-policy-wildcard-principal`.

use crate::ask::probe::{open_to, open_to_strangers};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, named};
use crate::finding::{Findings, Proof};
use policy_engine::policy::{PolicyType, statement::Statement};
use policy_engine::request::Principal;
use policy_engine::source::Origin;

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
        let who = if open.is_some() {
            "every AWS account"
        } else {
            "every principal of its account"
        };
        let open = open.or_else(|| open_to_own_account(context, document, asked));
        let Some((place, proof)) = open else { continue };
        let what = if action == "kms:Decrypt" {
            "to decrypt"
        } else {
            action
        };
        let message = format!(
            "the policy of the key `{}` allows {who} {what}",
            document.object
        );
        let draft = document
            .in_statement(statement, place, "everyone", message)
            .because(action)
            .help("list the roles that decrypt in `Principal`, or add a condition on `kms:CallerAccount`")
            .request(Some(proof));
        findings.add(draft);
    }
}

/// The same for a principal of the account of the key: other accounts cannot call `kms:PutKeyPolicy`.
///
/// AWS KMS Developer Guide, "AWS KMS permissions", column "Cross-account use".
fn open_to_own_account(
    context: &Context<'_>,
    document: &Document<'_>,
    asked: (&Statement, &str),
) -> Option<(Origin, Proof)> {
    let account = match document.owner {
        Owner::Key(key) => key.account.as_str(),
        _ => return None,
    };
    let caller = Principal::parse(&format!("arn:aws:iam::{account}:role/anybody")).ok()?;
    open_to(context, document, asked, "kms:calleraccount", &caller)
        .filter(|_| asked.1 == "kms:PutKeyPolicy")
}
