//! ARN105 `arn-region-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;
use crate::text::regions;

rule! {
    /// Flags an ARN with a region that does not exist.
    ///
    /// # Why it matters
    ///
    /// No resource has such an ARN, so the statement matches nothing. An Allow gives no access, and a Deny protects nothing. A
    /// misspelt region shows only when a mount fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-9:111122223333:secret:db-??????"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write an existing region:
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
    /// Repair: writes the most similar region, if a similar region exists.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "ARN105" "arn-region-unknown", High Break High,
    needs: [Policies], aws: ["INVALID_ARN_REGION"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(region) = arn.plain(3).filter(|_| arn.fields.len() == 6) else {
            continue;
        };
        if regions::exists(region) {
            continue;
        }
        let message = format!("the region `{region}` does not exist");
        let draft = document
            .dead(
                arn.statement,
                RULE.severity,
                arn.value.origin,
                "matches nothing",
                message,
            )
            .because(arn.text)
            .once(arn.statement.origin);
        findings.add(match regions::nearest(region) {
            Some(near) => {
                let right = arn
                    .text
                    .replacen(&format!(":{region}:"), &format!(":{near}:"), 1);
                draft
                    .help(format!("did you mean `{near}`?"))
                    .replace(Grade::Repair, format!("\"{right}\""))
            }
            None => draft.help("write an existing region, or `*` for any region"),
        });
    }
}
