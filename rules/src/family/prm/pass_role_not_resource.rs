//! PRM108 `pass-role-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, names_receiver};
use crate::finding::Findings;

rule! {
    /// Flags an Allow of `iam:PassRole` with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// With `iam:PassRole` a caller can give a role to a service, and then use the permissions of the role through this
    /// service. `NotResource` allows this for every role except the listed roles.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the roles in `Resource`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:PassRole"]
    ///     resources = ["arn:aws:iam::111122223333:role/app"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    "PRM108" "pass-role-not-resource", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::Named, ResourceForm::NotResource),
        names_receiver,
    ));
}
