//! KMS106 `aws-managed-key-across-accounts`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags an object that another account's pod mounts and that is encrypted with the key that AWS manages.
    ///
    /// # Why it matters
    ///
    /// That key never decrypts for another account. Every policy may be right, and the read still fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/db:
    ///          suffix: AbCdEf
    /// -        key: vault
    /// ```
    "KMS106" "aws-managed-key-across-accounts", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::ManagedKey(place) = refusal else {
        return None;
    };
    let reason =
        "it is encrypted with the AWS managed key, which never decrypts for another account";
    let draft = case
        .at(*place, "encrypted with the AWS managed key", case.message(reason))
        .related(case.mount.name.origin, "mounted by a pod of another account")
        .help("encrypt it with a customer managed key (KmsKeyId) whose key policy allows the pod's role");
    Some(draft)
}
