//! PRN110 `trust-star-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a bare `"Principal": "*"` in a trust policy.
    ///
    /// # Why it matters
    ///
    /// IAM rejects a trust policy with this principal. It accepts `{"AWS": "*"}`, which matches every account and which
    /// PRN202 reports.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the account or the role:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:root"]
    ///     }
    ///     actions = ["sts:AssumeRole"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalOrgID"
    ///       values   = ["o-a1b2c3d4e5"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN110" "trust-star-principal", High Break High,
    needs: [Policies], aws: ["ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for statement in document.statements() {
        let Some(element) = &statement.principal else {
            continue;
        };
        // The bare star is the element itself.
        let bare = element.entries.iter().any(|entry| {
            entry.kind == PrincipalKind::Everyone && entry.value.origin == element.origin
        });
        if bare && is_allow(statement) {
            let draft = document
                .in_statement(
                    statement,
                    element.origin,
                    "everyone",
                    "IAM rejects a trust policy with the principal `*`",
                )
                .help("list the roles, accounts or services that assume the role");
            findings.add(draft);
        }
    }
}
