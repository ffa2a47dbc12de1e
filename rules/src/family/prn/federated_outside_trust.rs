//! PRN107 `federated-outside-trust`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags an identity provider as principal outside of a trust policy.
    ///
    /// # Why it matters
    ///
    /// Users of an identity provider first assume a role, and AWS then evaluates the role. A resource policy with the
    /// provider as principal never matches.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the role that the users assume:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN107" "federated-outside-trust", High Break High,
    needs: [Policies], aws: ["FEDERATED_PRINCIPAL_NOT_SUPPORTED"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind == PolicyType::Trust {
        return;
    }
    for (statement, entry) in crate::document::principals(document) {
        if entry.kind == PrincipalKind::Federated {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    entry.value.origin,
                    "never the caller here",
                    "only a trust policy can have an identity provider as principal",
                )
                .because(entry.value.text.literal())
                .help("write the ARN of the role that its users assume");
            findings.add(draft);
        }
    }
}
