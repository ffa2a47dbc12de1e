//! GRM204 `trailing-space`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags a space at the beginning or the end of an action, an ARN or a value.
    ///
    /// # Why it matters
    ///
    /// AWS accepts the policy and compares the space as a part of the text. The text never matches, and the space is hard to
    /// see.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a "}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the space:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/team"
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: removes the spaces.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    "GRM204" "trailing-space", Medium Break High,
    needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, text) in crate::document::texts(document) {
        let Some(known) = text.text.known() else {
            continue;
        };
        let trimmed = known.trim();
        if trimmed == known || trimmed.is_empty() {
            continue;
        }
        let draft = document
            .dead(
                statement,
                RULE.severity,
                text.origin,
                "begins or ends with a space",
                format!("`{known}` begins or ends with a space"),
            )
            .because(trimmed)
            .help(format!("\"{trimmed}\""))
            .replace(Grade::Repair, format!("\"{trimmed}\""))
            .once(statement.origin);
        findings.add(draft);
    }
}
