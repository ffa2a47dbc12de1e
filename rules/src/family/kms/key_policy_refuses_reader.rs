//! KMS101 `key-policy-refuses-reader`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a key policy that does not let the reading role decrypt.
    ///
    /// # Why it matters
    ///
    /// Without the key policy no permission of the role counts; across accounts both are needed.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/hop }
    ///              Action: kms:Decrypt
    /// ```
    "KMS101" "key-policy-refuses-reader", High Break High,
    properties: [Generic], needs: [Keys], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    match refusal {
        Refusal::KeyPolicy(key) if key.first_region.is_none() => Some(refusal.draft(case)),
        _ => refusal.general(case, Ground::Key),
    }
}
