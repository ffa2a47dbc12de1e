//! KMS103 `via-service-region-mismatch`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a `kms:ViaService` with another region than the region of the secret.
    ///
    /// # Why it matters
    ///
    /// The value of `kms:ViaService` contains the region of the called service. A replica or failover region has its own
    /// value, and AWS denies the decryption in any other region.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            decrypt:
    ///              - Effect: Allow
    ///                Action: kms:Decrypt
    ///                Resource: arn:aws:kms:us-east-1:444455556666:key/*
    ///                Condition: &through-secrets-manager
    /// -                StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// +                StringEquals: { kms:ViaService: secretsmanager.eu-west-1.amazonaws.com }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the region in which the secret is read:
    ///
    /// ```yaml
    /// decrypt:
    ///   - Effect: Allow
    ///     Action: kms:Decrypt
    ///     Resource: arn:aws:kms:us-east-1:444455556666:key/*
    ///     Condition: &through-secrets-manager
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
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
    "KMS103" "via-service-region-mismatch", High Break High,
    needs: [Keys], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    names_store(case, via_service(refusal)?).then(|| refusal.draft(case))
}

/// The services that a test of `kms:ViaService` on `kms:Decrypt` requires.
pub(super) fn via_service<'a>(refusal: &Refusal<'a>) -> Option<&'a [String]> {
    let miss = refusal.decrypt_condition()?;
    let key = miss.key.as_deref()?;
    let is_key = key.eq_ignore_ascii_case("kms:ViaService");
    is_key.then_some(miss.wanted.as_slice())
}

/// Whether one of some services keeps the object that the pod mounts.
pub(super) fn names_store(case: &Case<'_>, services: &[String]) -> bool {
    let store = format!("{}.", case.mount.service.service);
    services.iter().any(|service| service.starts_with(&store))
}
