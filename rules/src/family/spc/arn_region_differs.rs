//! SPC106 `arn-region-differs`.

use crate::check::{Check, rule};

rule! {
    /// Flags an ARN of another region than the class asks.
    ///
    /// # Why it matters
    ///
    /// The provider refuses it: there is no region for a single object.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    /// +      - objectName: arn:aws:secretsmanager:eu-west-1:444455556666:secret:dev/db-AbCdEf
    /// ```
    "SPC106" "arn-region-differs", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
