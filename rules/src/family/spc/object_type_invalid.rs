//! SPC105 `object-type-invalid`.

use crate::check::{Check, rule};
use crate::finding::Grade;

rule! {
    /// Flags an `objectType` that the provider does not support, or that contradicts the ARN of the object.
    ///
    /// # Why it matters
    ///
    /// The provider compares the type exactly with `secretsmanager` and `ssmparameter`. It rejects the class for any other
    /// value, and the mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -        objectType: ssmparameter
    /// +        objectType: ssm
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `secretsmanager` or `ssmparameter`:
    ///
    /// ```yaml
    /// objectType: ssmparameter
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the type of the ARN or the most similar one, or the most similar service into the ARN.
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC105" "object-type-invalid", High Break High,
    needs: [Classes], aws: [], fix: Some(Grade::Unsafe), Check::Class;
}
