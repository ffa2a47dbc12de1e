//! SPC107 `failover-incomplete`.

use crate::check::{Check, rule};

rule! {
    /// Flags a failover that lacks its region, its alias or the same version, or that fails over to the same region.
    ///
    /// # Why it matters
    ///
    /// The provider refuses each of them.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    failoverRegion: us-east-1
    /// ```
    "SPC107" "failover-incomplete", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
