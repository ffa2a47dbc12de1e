//! SCT109 `arn-without-random-suffix`.

use crate::finding::Grade;
use crate::rule::{Check, rule};

rule! {
    /// Flags the ARN of a secret without the six characters at its end, and without a wildcard.
    ///
    /// # Why it matters
    ///
    /// The ARN of every secret ends in a hyphen and six characters that Secrets Manager chooses; the ARN without them is no
    /// secret's.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          policies:
    ///            read-one:
    ///              - Effect: Allow
    ///                Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// +              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: appends `-??????`.
    "SCT109" "arn-without-random-suffix", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Repair), Check::Cause;
}
