//! ARN107 `arn-service-uppercase`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags capital letters in the service of an ARN.
    ///
    /// # Why it matters
    ///
    /// AWS compares the service of an ARN with case, so the statement matches nothing. An Allow gives no access, and a Deny
    /// protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:SecretsManager:us-east-1:111122223333:secret:db-??????"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the service in lower case:
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
    /// # Fix
    ///
    /// Repair: writes the service in lower case.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "ARN107" "arn-service-uppercase", High Break High,
    needs: [Policies], aws: ["INVALID_ARN_SERVICE_CASE"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let service = arn.field(2);
        if !service.bytes().any(|byte| byte.is_ascii_uppercase()) || service.contains('$') {
            continue;
        }
        let lower = service.to_ascii_lowercase();
        let right = arn
            .text
            .replacen(&format!(":{service}:"), &format!(":{lower}:"), 1);
        let message = format!("the service of an ARN must be in lower case: `{lower}`");
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
                .help(format!("\"{right}\""))
                .replace(Grade::Repair, format!("\"{right}\""))
                .once(arn.statement.origin),
        );
    }
}
