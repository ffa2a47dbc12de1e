//! KMS101 `key-policy-refuses-reader`.

use crate::check::{Check, rule};

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
    needs: [Keys], aws: [], fix: None, Check::Cause;
}
