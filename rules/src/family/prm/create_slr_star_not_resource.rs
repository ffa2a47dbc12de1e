//! PRM102 `create-slr-star-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, names_service};
use crate::finding::Findings;

rule! {
    /// Flags an Allow with a pattern that includes `iam:CreateServiceLinkedRole`, and with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// Each service-linked role gives its service permissions in the account. The statement allows service-linked roles for
    /// almost every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateService*", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the role in `Resource`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateService*", "Resource": "arn:aws:iam::*:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:CreateService*"]
    ///     resources = ["arn:aws:iam::*:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
    "PRM102" "create-slr-star-not-resource", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Pattern, ResourceForm::NotResource);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        names_service,
    ));
}
