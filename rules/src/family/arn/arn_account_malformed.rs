//! ARN103 `arn-account-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags the account of an ARN, if it is neither empty, `*`, `aws` nor twelve digits.
    ///
    /// # Why it matters
    ///
    /// No account has such an id, so the statement matches nothing: an Allow gives no access, and a Deny protects nothing.
    /// Leading zeros are lost if a tool reads the id as a number.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:1111-2222:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write twelve digits:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:us-east-1:111122223333:key/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "ARN103" "arn-account-malformed", High Break High,
    needs: [Policies], aws: ["INVALID_ARN_ACCOUNT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(account) = arn.plain(4).filter(|_| arn.fields.len() == 6) else {
            continue;
        };
        let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if digits || account == "aws" || account.starts_with("aws-") {
            continue;
        }
        let message = format!("`{account}` is not an account id: an account id has 12 digits");
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
                .help("write the 12 digits of the account id")
                .once(arn.statement.origin),
        );
    }
}
