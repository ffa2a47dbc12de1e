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
    /// AWS matches the empty account literally, and no resource of this type has an empty account. The statement matches
    /// nothing: an Allow gives no access, and a Deny protects nothing.
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
        if is_of_aws(arn.field(2), arn.field(5)) {
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

/// Whether AWS owns things with such ARNs: public parameters and documents of Systems Manager (AWS Systems Manager User Guide, "Working with
/// public parameters"; Service Authorization Reference, "Actions, resources, and condition keys for AWS Systems Manager").
fn is_of_aws(service: &str, resource: &str) -> bool {
    const OWN: [&str; 3] = ["parameter/aws/", "document/", "automation-definition/"];
    let is_own = OWN.iter().any(|prefix| resource.starts_with(prefix));
    service == "ssm" && (is_own || matches!(resource, "parameter/*" | "*"))
}
