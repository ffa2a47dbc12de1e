//! ARN102 `arn-region-not-allowed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags a region in an ARN whose resource type is global.
    ///
    /// # Why it matters
    ///
    /// The ARNs of this resource type have an empty region field, so the statement matches nothing. An Allow gives no access,
    /// and a Deny protects nothing, although AWS accepts the policy.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:us-east-1:111122223333:role/app"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Leave the region empty:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::111122223333:role/app"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:GetRole"]
    ///     resources = ["arn:aws:iam::111122223333:role/app"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: removes the region.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    "ARN102" "arn-region-not-allowed", High Break High,
    needs: [Policies, Catalog], aws: ["ARN_REGION_NOT_ALLOWED"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(region) = arn.plain(3) else { continue };
        let forms = arn.forms(context.catalog).unwrap_or_default();
        if !forms.all_leave(3) {
            continue;
        }
        let service = arn.field(2);
        let message = format!(
            "this ARN contains the region {region}, and ARNs of {service} have no region here"
        );
        let right = arn.text.replacen(&format!(":{region}:"), "::", 1);
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
