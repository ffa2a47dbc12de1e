//! SPC106 `arn-region-differs`.

use crate::check::{Check, rule};
use crate::finding::Grade;

rule! {
    /// Flags an object whose ARN contains another region than the region of the class.
    ///
    /// # Why it matters
    ///
    /// The provider calls one region per class (and one failover region) and rejects an ARN of any other region. The mount
    /// fails for all objects of the class.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    /// +      - objectName: arn:aws:secretsmanager:eu-west-1:444455556666:secret:dev/db-AbCdEf
    /// ```
    ///
    /// # Accepted
    ///
    /// Use an ARN of the class's region, or a second class for the other region:
    ///
    /// ```yaml
    /// - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the region of the class into the ARN, if the object exists there.
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC106" "arn-region-differs", High Break High,
    needs: [Classes], aws: [], fix: Some(Grade::Unsafe), Check::Class;
}
