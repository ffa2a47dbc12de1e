//! SPC103 `objects-unreadable`.

use crate::check::{Check, rule};

rule! {
    /// Flags a class whose `objects` is missing, empty, not valid YAML or not a list.
    ///
    /// # Why it matters
    ///
    /// `objects` is a string that contains YAML, so the API server does not validate it. The provider rejects the class at
    /// the mount, and the pod does not start.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      objects: |
    /// -      - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    /// -        objectAlias: db
    /// -      - objectName: dev/local
    /// -        objectType: secretsmanager
    /// -        objectAlias: local
    /// -      - objectName: /dev/url
    /// -        objectType: ssmparameter
    /// -        objectAlias: url
    /// +      dev/db
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a YAML list of objects:
    ///
    /// ```yaml
    /// objects: |
    ///   - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    ///     objectAlias: db
    ///   - objectName: dev/local
    ///     objectType: secretsmanager
    ///     objectAlias: local
    ///   - objectName: /dev/url
    ///     objectType: ssmparameter
    ///     objectAlias: url
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC103" "objects-unreadable", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
