//! CND132 `set-operator-on-encryption-context`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `ForAllValues:` or `ForAnyValue:` before a test of the encryption context in a key policy.
    ///
    /// # Why it matters
    ///
    /// The key holds one value, and KMS refuses to save the policy.
    ///
    /// # Flagged
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"ForAnyValue:StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:111122223333:secret:dev/*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:111122223333:secret:dev/*"}}}
    /// ```
    "CND132" "set-operator-on-encryption-context", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Mistake(&[Mistake::SetOperatorOnContext]);
}
