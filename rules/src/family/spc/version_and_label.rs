//! SPC108 `version-and-label`.

use crate::check::{Check, rule};

rule! {
    /// Flags a parameter of Parameter Store with both `objectVersion` and `objectVersionLabel`.
    ///
    /// # Why it matters
    ///
    /// Parameter Store accepts one selector per name: a version or a label. The provider rejects a class with both, and the
    /// mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectType: ssmparameter
    /// +        objectVersion: "3"
    /// +        objectVersionLabel: stable
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep one of the two:
    ///
    /// ```yaml
    /// objectType: ssmparameter
    /// objectVersionLabel: stable
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
    "SPC108" "version-and-label", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
