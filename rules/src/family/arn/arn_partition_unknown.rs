//! ARN108 `arn-partition-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::text::regions;

rule! {
    /// Flags a partition that does not exist.
    ///
    /// # Why it matters
    ///
    /// No resource has such an ARN, so the statement matches nothing: an Allow gives no access, and a Deny protects nothing.
    /// The European Sovereign Cloud is `aws-eusc`, and China is `aws-cn`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws-eu:kms:eu-west-1:111122223333:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the partition of the account:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:eu-west-1:111122223333:key/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "ARN108" "arn-partition-unknown", High Break High,
    needs: [Policies], aws: ["INVALID_PARTITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(partition) = arn.plain(1) else {
            continue;
        };
        if regions::PARTITIONS.contains(&partition) {
            continue;
        }
        let message = format!("the partition `{partition}` does not exist");
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
                .help(format!(
                    "use a partition of AWS: {}",
                    regions::PARTITIONS.join(", ")
                ))
                .once(arn.statement.origin),
        );
    }
}
