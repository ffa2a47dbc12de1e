//! ORG190 `scp-allow-condition`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a condition in an Allow of a service control policy.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies support the complete policy language. Older guides and tools do not, and
    /// an organization may keep the old form for them.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a Deny with the negated condition:
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     effect = "Deny"
    ///     actions   = ["secretsmanager:*"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringNotEquals"
    ///       variable = "aws:RequestedRegion"
    ///       values   = ["us-east-1"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # When to allow it
    ///
    /// Always, unless your policies must keep the form before September 2025. IAM Access Analyzer no longer reports it.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "ORG190" "scp-allow-condition", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_ALLOW_CONDITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.allows() {
        let Some(first) = statement.conditions.first() else {
            continue;
        };
        let place = first.origin;
        let draft = document.in_statement(
            statement,
            place,
            "a condition in an Allow",
            "this Allow of a service control policy has a condition",
        );
        findings.add(draft.help("remove the condition, and deny the opposite in a Deny statement"));
    }
}
