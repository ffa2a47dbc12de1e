//! SPC121 `pod-without-identity`.

use crate::check::{Check, rule};

rule! {
    /// Flags a workload that mounts objects and whose service account has neither association nor annotation.
    ///
    /// # Why it matters
    ///
    /// The mount fails; the role of the node is never used for it.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            dev/chained:
    /// -            association: { role: hop, targetRole: vault:reader }
    /// ```
    "SPC121" "pod-without-identity", High Break High,
    needs: [Mounts], aws: [], fix: None, Check::Cause;
}
