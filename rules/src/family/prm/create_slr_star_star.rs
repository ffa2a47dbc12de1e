//! PRM105 `create-slr-star-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad, is_administrator, names_service};
use crate::finding::Findings;

rule! {
    /// Flags a pattern that includes `iam:CreateServiceLinkedRole`, on all roles.
    ///
    /// # Why it matters
    ///
    /// Each service-linked role gives its service permissions in the account. The statement allows service-linked roles for
    /// every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Create*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Limit the statement to a service:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Create*ServiceLinkedRole", "Resource": "*",
    ///  "Condition": {"StringEquals": {"iam:AWSServiceName": "autoscaling.amazonaws.com"}}}
    /// ```
    ///
    /// List the roles:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Create*", "Resource": "arn:aws:iam::111122223333:role/app/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:Create*"]
    ///     resources = ["arn:aws:iam::111122223333:role/app/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRM105" "create-slr-star-star", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Pattern, ResourceForm::Star);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        |statement| is_administrator(statement) || names_service(statement),
    ));
}
