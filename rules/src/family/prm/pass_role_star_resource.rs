//! PRM111 `pass-role-star-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, names_receiver};
use crate::finding::Findings;

rule! {
    /// Flags `iam:PassRole` on all roles without a condition on the service.
    ///
    /// # Why it matters
    ///
    /// With `iam:PassRole` a caller can give a role to a service, and then use the permissions of the role through this
    /// service. The statement allows this for every role and every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the service, or list the roles:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:PassRole"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "iam:PassedToService"
    ///       values   = ["ec2.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    "PRM111" "pass-role-star-resource", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_STAR_IN_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::Named, ResourceForm::Star),
        names_receiver,
    ));
}
