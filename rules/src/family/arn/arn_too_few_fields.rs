//! ARN109 `arn-too-few-fields`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags an ARN with fewer than six parts.
    ///
    /// # Why it matters
    ///
    /// Usually the region or the account is missing together with its colon. No resource has such an ARN, so the statement
    /// matches nothing: an Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:secret"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write all six parts, with empty parts between two colons:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-??????"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:db-??????"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "ARN109" "arn-too-few-fields", High Break High,
    needs: [Policies], aws: ["MISSING_ARN_FIELD"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        // A star may match the missing parts.
        if arn.fields.len() >= 6 || arn.text.ends_with('*') {
            continue;
        }
        let message = format!(
            "this ARN has {} parts, and an ARN has six",
            arn.fields.len()
        );
        findings.add(
            document
                .dead(
                    arn.statement,
                    RULE.severity,
                    arn.value.origin,
                    "matches nothing",
                    message,
                )
                .because(arn.text)
                .help("arn:partition:service:region:account:resource")
                .once(arn.statement.origin),
        );
    }
}
