//! PRM112 `pass-role-star-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, is_administrator, names_receiver};
use crate::finding::Findings;

rule! {
    /// Flags a pattern that includes `iam:PassRole`, on all roles.
    ///
    /// # Why it matters
    ///
    /// With `iam:PassRole` a caller can give a role to a service, and then use the permissions of the role through this
    /// service. The statement allows this for every role and every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the roles:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Pass*", "Resource": "arn:aws:iam::111122223333:role/app"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:Pass*"]
    ///     resources = ["arn:aws:iam::111122223333:role/app"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    "PRM112" "pass-role-star-star", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Pattern, ResourceForm::Star);
    findings.extend(broad(document, "iam:PassRole", wanted, |statement| {
        is_administrator(statement) || names_receiver(statement)
    }));
}
