//! PRM106 `create-slr-not-action-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, names_service};
use crate::finding::Findings;

rule! {
    /// Flags an Allow with `NotAction` on all resources that includes `iam:CreateServiceLinkedRole`.
    ///
    /// # Why it matters
    ///
    /// `NotAction` allows every action that it does not list. The statement allows service-linked roles for every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": ["s3:*", "iam:PassRole"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Exclude all of IAM:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     not_actions = ["iam:*"]
    ///     resources   = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    "PRM106" "create-slr-not-action-star", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::NotAction, ResourceForm::Star);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        names_service,
    ));
}
