//! ARN111 `arn-account-empty`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags an ARN without an account, if its resource type requires one.
    ///
    /// # Why it matters
    ///
    /// AWS matches the empty account literally, so the statement matches nothing: an Allow gives no access, and a Deny
    /// protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1::key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the account of the resource:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}
    /// ```
    ///
    /// Parameters that AWS itself publishes have no account:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:us-east-1::parameter/aws/service/*"}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "ARN111" "arn-account-empty", High Break High,
    needs: [Policies, Catalog], aws: ["MISSING_ARN_ACCOUNT"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        if arn.fields.len() < 6 || !arn.field(4).is_empty() {
            continue;
        }
        // AWS: public parameters, `arn:aws:ssm:us-east-1::parameter/aws/service/…`.
        if arn.field(2) == "ssm" && arn.field(5).starts_with("parameter/aws/") {
            continue;
        }
        let forms = arn.forms(context.catalog).unwrap_or_default();
        if !forms.all_fill(4) {
            continue;
        }
        let message = format!(
            "this ARN has no account, and ARNs of {} require an account",
            arn.field(2)
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
                .help("write the 12-digit account id, or `*` for any account")
                .once(arn.statement.origin),
        );
    }
}
