//! KMS107 `key-unusable`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a key that is disabled, scheduled for deletion, not a symmetric encryption key, or does not exist.
    ///
    /// # Why it matters
    ///
    /// KMS rejects `Decrypt` with such a key, and Secrets Manager and Parameter Store accept only symmetric encryption keys. No secret or
    /// parameter under the key can be read, so every mount of these objects fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        vault:
    ///          aliases: [alias/vault]
    /// +        enabled: false
    /// ```
    ///
    /// # Accepted
    ///
    /// Enable the key, or cancel its deletion:
    ///
    /// ```yaml
    /// vault:
    ///   aliases: [alias/vault]
    ///   enabled: true
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_kms_key" "vault" {
    ///   is_enabled = true
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
    "KMS107" "key-unusable", High Break High,
    properties: [Generic], needs: [Keys], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let draft = match refusal {
        Refusal::Fault(Fault::NoKey(name)) => case
            .at(
                case.decided(),
                "no such key",
                case.message(&format!("its key `{name}` does not exist")),
            )
            .help("use an existing key in the same region"),
        Refusal::Fault(Fault::KeyDisabled) => case
            .at(
                case.decided(),
                "disabled",
                case.message("its key is disabled"),
            )
            .help("enable the key"),
        Refusal::Fault(Fault::KeyUnfit(spec)) => {
            let reason = format!("its key is no symmetric encryption key: it is `{spec}`");
            case.at(case.decided(), "not symmetric", case.message(&reason))
                .help("use a key with the spec SYMMETRIC_DEFAULT and the usage ENCRYPT_DECRYPT")
        }
        _ => return None,
    };
    Some(draft)
}
