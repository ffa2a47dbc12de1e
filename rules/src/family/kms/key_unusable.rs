//! KMS107 `key-unusable`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a key that is disabled, scheduled for deletion or does not exist.
    ///
    /// # Why it matters
    ///
    /// KMS rejects `Decrypt` with such a key, so no secret or parameter under the key can be read. Every mount of these
    /// objects fails.
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
        _ => return None,
    };
    Some(draft)
}
