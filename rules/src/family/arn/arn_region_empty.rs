//! ARN110 `arn-region-empty`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags an ARN without a region, if its resource type requires one.
    ///
    /// # Why it matters
    ///
    /// AWS matches the empty region literally, and no resource of this type has an empty region. The statement matches
    /// nothing: an Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms::111122223333:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the region, or `*` for all regions:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:111122223333:key/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:*:111122223333:key/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes `*`, which matches every region.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    "ARN110" "arn-region-empty", High Break High,
    needs: [Policies, Catalog], aws: ["MISSING_ARN_REGION"], fix: Some(Grade::Unsafe), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        if arn.fields.len() < 6 || !arn.field(3).is_empty() {
            continue;
        }
        let forms = arn.forms(context.catalog).unwrap_or_default();
        if !forms.all_fill(3) {
            continue;
        }
        let service = arn.field(2);
        let right = arn
            .text
            .replacen(&format!(":{service}::"), &format!(":{service}:*:"), 1);
        let message = format!("this ARN has no region, and ARNs of {service} require a region");
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
                .help("write the region, or `*` for any region")
                .replace(Grade::Unsafe, format!("\"{right}\""))
                .once(arn.statement.origin),
        );
    }
}
