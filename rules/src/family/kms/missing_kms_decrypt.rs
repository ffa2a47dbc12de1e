//! KMS102 `missing-kms-decrypt`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a role that may read a secret, but not decrypt with the customer managed key of the secret.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager decrypts the value with the permissions of the caller. Without `kms:Decrypt` AWS denies
    /// `GetSecretValue`, although the secret's side allows the read.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            decrypt:
    ///              - Effect: Allow
    /// -              Action: kms:Decrypt
    /// +              Action: kms:Encrypt
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow `kms:Decrypt` on the key:
    ///
    /// ```yaml
    /// decrypt:
    ///   - Effect: Allow
    ///     Action: kms:Decrypt
    ///     Resource: arn:aws:kms:us-east-1:444455556666:key/*
    ///     Condition:
    ///       StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "decrypt" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:us-east-1:444455556666:key/*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.us-east-1.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    "KMS102" "missing-kms-decrypt", High Break High,
    properties: [Generic], needs: [Keys, Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Decrypt)
}
