//! SPC109 `duplicate-object`.

use crate::check::{Check, rule};

rule! {
    /// Flags two entries of `objects` with the same name and without a different alias or label.
    ///
    /// # Why it matters
    ///
    /// The provider rejects a class in which two entries have the same name and alias, because both would become the same
    /// file. The mount fails for all objects of the class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +      - objectName: dev/local
    /// +        objectType: secretsmanager
    /// +        objectAlias: local
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove one entry, or give each entry its own `objectAlias`:
    ///
    /// ```yaml
    /// - objectName: dev/local
    ///   objectType: secretsmanager
    ///   objectAlias: local
    /// - objectName: dev/local
    ///   objectType: secretsmanager
    ///   objectAlias: local-previous
    ///   objectVersionLabel: AWSPREVIOUS
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC109" "duplicate-object", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
