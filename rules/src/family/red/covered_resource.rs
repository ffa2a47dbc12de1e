//! RED116 `covered-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, covered::covered_values};
use crate::finding::Findings;

rule! {
    /// Flags a resource that another pattern in the same list already matches.
    ///
    /// # Why it matters
    ///
    /// The redundant entry changes no decision and uses space of the policy's size quota. If a person removes it later to
    /// take access away, the wider pattern still allows that access.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::app-data/*", "arn:aws:s3:::app-data/x"]}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the narrower entry, or replace the wider pattern with the resources that are required:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::app-data/x", "arn:aws:s3:::app-data/y"]}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["s3:GetObject"]
    ///     resources = ["arn:aws:s3:::app-data/x", "arn:aws:s3:::app-data/y"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    "RED116" "covered-resource", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(covered_values(
        document,
        |statement| statement.resource.as_ref(),
        false,
    ));
}
