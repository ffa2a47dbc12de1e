//! KMS108 `alias-in-resource`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags the ARN of an alias as resource of `kms:Decrypt`.
    ///
    /// # Why it matters
    ///
    /// KMS evaluates `kms:Decrypt` against the ARN of the key, not of the alias. A statement with the alias never matches,
    /// and AWS denies the decryption.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            decrypt:
    ///              - Effect: Allow
    ///                Action: kms:Decrypt
    /// -              Resource: arn:aws:kms:us-east-1:444455556666:key/*
    /// +              Resource: arn:aws:kms:us-east-1:444455556666:alias/vault
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the ARN of the key, or a condition on `kms:ResourceAliases`:
    ///
    /// ```yaml
    /// decrypt:
    ///   - Effect: Allow
    ///     Action: kms:Decrypt
    ///     Resource: arn:aws:kms:us-east-1:444455556666:key/*
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "decrypt" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = [aws_kms_key.vault.arn]
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
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html>
    "KMS108" "alias-in-resource", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let missed = refusal.resource(|ground| ground == Ground::Decrypt)?;
    let mut wanted = missed.miss.wanted.iter();
    let is_alias = wanted.any(|wanted| wanted.contains(":alias/"));
    is_alias.then(|| refusal.draft(case))
}
