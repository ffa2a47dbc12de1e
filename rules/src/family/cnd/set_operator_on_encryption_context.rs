//! CND132 `set-operator-on-encryption-context`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `ForAllValues:` or `ForAnyValue:` on the encryption context in a key policy.
    ///
    /// # Why it matters
    ///
    /// The keys of the encryption context are single-valued. KMS rejects the key policy, and the deployment fails.
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
    /// Use the operator without a set operator:
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:111122223333:secret:dev/*"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringLike"
    ///       variable = "kms:EncryptionContext:SecretARN"
    ///       values   = ["arn:aws:secretsmanager:*:111122223333:secret:dev/*"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    "CND132" "set-operator-on-encryption-context", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Mistake(&[Mistake::SetOperatorOnContext]);
}
