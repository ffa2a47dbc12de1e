//! SPC103 `objects-unreadable`.

use crate::check::{Check, rule};

rule! {
    /// Flags `objects` that is missing, empty, not YAML or not a list.
    ///
    /// # Why it matters
    ///
    /// The provider refuses the class.
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
    "SPC103" "objects-unreadable", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
