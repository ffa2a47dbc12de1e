//! SPC102 `parameter-not-a-string`.

use crate::check::{Check, rule};

rule! {
    /// Flags a parameter of a class that is not a string.
    ///
    /// # Why it matters
    ///
    /// The schema of SecretProviderClass allows only strings in `parameters`. The API server rejects the object, and the
    /// deployment fails or keeps the previous class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -    usePodIdentity: "true"
    /// +    usePodIdentity: true
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the value in quotes:
    ///
    /// ```yaml
    /// usePodIdentity: "true"
    /// ```
    ///
    /// # References
    ///
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/getting-started/usage>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC102" "parameter-not-a-string", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
