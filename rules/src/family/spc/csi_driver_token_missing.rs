//! SPC135 `csi-driver-token-missing`.

use crate::check::{Check, rule};

rule! {
    /// Flags a CSIDriver object that does not ask for the token that the class needs.
    ///
    /// # Why it matters
    ///
    /// The provider takes the token from the driver and makes none itself.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -        audiences: [pods.eks.amazonaws.com, sts.amazonaws.com]
    /// +        audiences: [sts.amazonaws.com]
    /// ```
    "SPC135" "csi-driver-token-missing", High Break High,
    needs: [Mounts], aws: [], fix: None, Check::Cause;
}
