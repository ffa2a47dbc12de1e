//! KMS106 `aws-managed-key-across-accounts`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags an object that a pod of another account mounts and that the AWS managed key encrypts.
    ///
    /// # Why it matters
    ///
    /// The policy of an AWS managed key allows only its own account, and no customer can change it. The read from another
    /// account fails, whatever the other policies allow.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/db:
    ///          suffix: AbCdEf
    /// -        key: vault
    /// ```
    ///
    /// # Accepted
    ///
    /// Encrypt the secret with a customer managed key:
    ///
    /// ```yaml
    /// dev/db:
    ///   suffix: AbCdEf
    ///   key: vault
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "db" {
    ///   name       = "dev/db"
    ///   kms_key_id = aws_kms_key.vault.arn
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
    "KMS106" "aws-managed-key-across-accounts", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::ManagedKey(place) = refusal else {
        return None;
    };
    let reason = "AWS denies decryption with an AWS managed key to other accounts";
    let draft = case
        .at(*place, "encrypted with the AWS managed key", case.message(reason))
        .related(case.mount.name.origin, "mounted by a pod of another account")
        .help("encrypt the object with a customer managed key (KmsKeyId) whose key policy allows the pod's role");
    Some(draft)
}
