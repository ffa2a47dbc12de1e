//! XAC103 `cross-account-needs-arn`.

use crate::check::{Check, rule};

rule! {
    /// Flags an object that is mounted by its name, and exists in another account only.
    ///
    /// # Why it matters
    ///
    /// A name is looked up in the account of the caller.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    /// +      - objectName: dev/db
    /// +        objectType: secretsmanager
    /// ```
    "XAC103" "cross-account-needs-arn", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause;
}
