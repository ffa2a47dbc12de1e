//! CND115 `kms-key-value-not-arn`.

use crate::catalog::ValueType;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key, literal_values, value_type};
use crate::finding::Findings;

rule! {
    /// Flags the id or alias of a KMS key as value of a condition key that contains the ARN of a key.
    ///
    /// # Why it matters
    ///
    /// AWS compares the value with the complete ARN of the key. The condition never matches: an Allow gives no access, and a
    /// Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/app"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the ARN of the key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["s3:PutObject"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    ///       values   = ["arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND115" "kms-key-value-not-arn", High Break High,
    needs: [Policies, Catalog], aws: ["INVALID_KMS_KEY_VALUE"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition).to_ascii_lowercase();
        let holds_arn =
            name.contains("kms") && value_type(context.catalog, condition) == Some(ValueType::Arn);
        if !holds_arn && name != "s3:x-amz-server-side-encryption-aws-kms-key-id" {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if value.starts_with("arn:") || value.starts_with('*') {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not an ARN",
                    format!(
                        "`{}` contains the ARN of a key, never `{value}`",
                        key(condition)
                    ),
                )
                .because(value)
                .help("arn:aws:kms:region:account:key/id");
            findings.add(draft);
        }
    }
}
