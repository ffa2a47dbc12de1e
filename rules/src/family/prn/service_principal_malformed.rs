//! PRN106 `service-principal-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key, literal_values};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;

rule! {
    /// Flags a `kms:ViaService` that does not have the form `SERVICE.REGION.amazonaws.com`.
    ///
    /// # Why it matters
    ///
    /// The condition key contains the service and its region. A value without the region never matches, and AWS denies the
    /// decryption.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.amazonaws.com"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the service with its region:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.us-east-1.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN106" "service-principal-malformed", High Break High,
    needs: [Policies], aws: ["INVALID_SERVICE_PRINCIPAL_FORMAT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document)
        .filter(|(_, condition)| key(condition).eq_ignore_ascii_case("kms:ViaService"))
    {
        for (value, place) in literal_values(condition) {
            let parts = value.split('.').count();
            let formed = value.contains(".amazonaws.com") && parts >= 4;
            if formed || has_wildcard(value) {
                continue;
            }
            let service = value.split('.').next().unwrap_or("");
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "the region is missing",
                    format!("`{value}` does not have the form service.region.amazonaws.com"),
                )
                .because(value)
                .help(format!("{service}.us-east-1.amazonaws.com"));
            findings.add(draft);
        }
    }
}
