//! PRN202 `trust-any-principal`.

use crate::ask::probe::stranger_allowed;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, entries};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a role that every AWS account can assume.
    ///
    /// # Why it matters
    ///
    /// `{"AWS": "*"}` matches every principal of every account. Without a condition on the caller, any AWS customer can
    /// assume the role.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the organization, or name the account:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["*"]
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "PRN202" "trust-any-principal", Critical Leak High,
    properties: [OnePerStatement, Outranks], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for statement in document.allows() {
        let entries = entries(statement);
        let Some(everyone) = entries.into_iter().find(|entry| {
            entry.kind == PrincipalKind::Everyone
                && Some(entry.value.origin)
                    != statement.principal.as_ref().map(|element| element.origin)
        }) else {
            continue;
        };
        let asked = (statement, "sts:AssumeRole");
        let Some(proof) = stranger_allowed(context, document, asked, "aws:resourceaccount") else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                everyone.value.origin,
                "everyone",
                format!("every AWS account can assume `{}`", document.object),
            )
            .help("list the accounts or roles in `Principal`, or add a condition on `aws:PrincipalOrgID`")
            .request(Some(proof));
        findings.add(draft);
    }
}
