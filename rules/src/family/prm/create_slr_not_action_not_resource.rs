//! PRM103 `create-slr-not-action-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, names_service};
use crate::finding::Findings;

rule! {
    /// Flags an Allow with `NotAction` and `NotResource` that includes `iam:CreateServiceLinkedRole`.
    ///
    /// # Why it matters
    ///
    /// `NotAction` allows every action that it does not list. The statement allows service-linked roles for almost every
    /// service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": ["s3:*", "iam:PassRole"], "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Exclude all of IAM:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     not_actions   = ["iam:*"]
    ///     not_resources = ["arn:aws:iam::*:role/x"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    "PRM103" "create-slr-not-action-not-resource", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::NotAction, ResourceForm::NotResource);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        names_service,
    ));
}
