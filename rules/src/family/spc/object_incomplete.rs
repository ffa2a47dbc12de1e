//! SPC104 `object-incomplete`.

use crate::check::{Check, rule};

rule! {
    /// Flags an object without `objectName`, or without `objectType` if the name is not an ARN.
    ///
    /// # Why it matters
    ///
    /// The provider derives the service, Secrets Manager or Parameter Store, only from an ARN. Without an ARN it requires
    /// `objectType`, rejects the class, and the mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///        - objectName: dev/local
    /// -        objectType: secretsmanager
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the type of the object:
    ///
    /// ```yaml
    /// - objectName: dev/local
    ///   objectType: secretsmanager
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC104" "object-incomplete", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
