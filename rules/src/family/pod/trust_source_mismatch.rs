//! POD106 `trust-source-mismatch`.

use crate::check::{Check, rule};

rule! {
    /// Flags a trust policy whose `aws:SourceAccount` or `aws:SourceOrgID` is not that of the cluster.
    ///
    /// # Why it matters
    ///
    /// A role module that was copied to another account works in the old cluster only.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              StringEquals: { aws:SourceAccount: "111122223333" }
    /// +              StringEquals: { aws:SourceAccount: "444455556666" }
    /// ```
    "POD106" "trust-source-mismatch", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause;
}
