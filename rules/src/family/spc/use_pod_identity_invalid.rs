//! SPC116 `use-pod-identity-invalid`.

use crate::check::{Check, rule};

rule! {
    /// Flags a `usePodIdentity` that is not a supported spelling of true or false.
    ///
    /// # Why it matters
    ///
    /// The provider parses the value as a Go boolean (`true`, `false`, `1`, `0`, `t`, `f`) and rejects the class for any
    /// other value, such as `yes`. The mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -    usePodIdentity: "true"
    /// +    usePodIdentity: "yes"
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `true` or `false` in quotes:
    ///
    /// ```yaml
    /// usePodIdentity: "true"
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://pkg.go.dev/strconv#ParseBool>
    "SPC116" "use-pod-identity-invalid", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
