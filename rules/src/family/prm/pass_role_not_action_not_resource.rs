//! PRM110 `pass-role-not-action-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, names_receiver};
use crate::finding::Findings;

rule! {
    /// Flags an Allow with `NotAction` and `NotResource` that includes `iam:PassRole`.
    ///
    /// # Why it matters
    ///
    /// With `iam:PassRole` a caller can give a role to a service, and then use the permissions of the role through this
    /// service. The statement allows this for almost every role.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": ["s3:*", "iam:Create*"], "NotResource": "arn:aws:iam::*:role/x"}
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    "PRM110" "pass-role-not-action-not-resource", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::NotAction, ResourceForm::NotResource),
        names_receiver,
    ));
}
