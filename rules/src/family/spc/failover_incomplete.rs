//! SPC107 `failover-incomplete`.

use crate::check::{Check, rule};

rule! {
    /// Flags an object or class with an incomplete failover: the failover region is the same as `region`, a `failoverObject`
    /// has no failover region, no alias, or another version than the first object.
    ///
    /// # Why it matters
    ///
    /// The provider validates the failover settings at each mount and rejects the whole class if they are incomplete. The
    /// mount fails although the first region works, so a setting that should raise availability stops every new pod.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    failoverRegion: us-east-1
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a second region that differs from `region`:
    ///
    /// ```yaml
    /// region: us-east-1
    /// failoverRegion: us-west-2
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html>
    "SPC107" "failover-incomplete", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
