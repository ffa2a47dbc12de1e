//! PRM104 `create-slr-star-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, names_service};
use crate::finding::Findings;

rule! {
    /// Flags `iam:CreateServiceLinkedRole` on all roles without a condition on the service.
    ///
    /// # Why it matters
    ///
    /// Each service-linked role gives its service permissions in the account. The statement allows service-linked roles for
    /// every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the service:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": "eks.amazonaws.com"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:CreateServiceLinkedRole"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "iam:AWSServiceName"
    ///       values   = ["eks.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRM104" "create-slr-star-resource", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_STAR_IN_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Named, ResourceForm::Star);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        names_service,
    ));
}
