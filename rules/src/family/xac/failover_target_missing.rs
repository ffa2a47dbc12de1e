//! XAC113 `failover-target-missing`.

use crate::check::{Check, rule};

rule! {
    /// Flags a failover region in which a mounted object does not exist.
    ///
    /// # Why it matters
    ///
    /// The call to the failover region fails, and that fails the mount even while the first region is healthy.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    failoverRegion: us-west-2
    /// ```
    "XAC113" "failover-target-missing", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause;
}
