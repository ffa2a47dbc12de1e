//! ARN101 `arn-account-not-allowed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags an account in an ARN whose resource type has no account.
    ///
    /// # Why it matters
    ///
    /// The ARNs of this resource type have an empty account field, so the statement matches nothing. An Allow gives no access,
    /// and a Deny protects nothing, although AWS accepts the policy.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3::111122223333:app-data"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Leave the account empty:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::app-data"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["s3:ListBucket"]
    ///     resources = ["arn:aws:s3:::app-data"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: removes the account.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    "ARN101" "arn-account-not-allowed", High Break High,
    needs: [Policies, Catalog], aws: ["ARN_ACCOUNT_NOT_ALLOWED"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(account) = arn.plain(4) else {
            continue;
        };
        let forms = arn.forms(context.catalog).unwrap_or_default();
        if !forms.all_leave(4) {
            continue;
        }
        let service = arn.field(2);
        let message = format!(
            "this ARN contains the account {account}, and ARNs of {service} have no account here"
        );
        let right = arn.text.replacen(&format!(":{account}:"), "::", 1);
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
