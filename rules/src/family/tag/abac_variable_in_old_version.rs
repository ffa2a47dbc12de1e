//! TAG115 `abac-variable-in-old-version`.

use crate::check::{Check, rule};
use crate::finding::Grade;

rule! {
    /// Flags a variable in a policy without `Version`, or of version 2008-10-17.
    ///
    /// # Why it matters
    ///
    /// There it is literal text and never equal. In a negated test it is never equal either, which then holds for everybody.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            read-own:
    /// -            - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// -              Condition: &own
    /// +            Version: "2008-10-17"
    /// +            Statement:
    /// +            - Effect: Allow
    /// +              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// +              Condition: &own
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the version of 2012.
    "TAG115" "abac-variable-in-old-version", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Repair), Check::Cause;
}
