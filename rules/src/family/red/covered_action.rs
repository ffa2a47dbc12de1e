//! RED114 `covered-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, covered::covered_values};
use crate::finding::Findings;

rule! {
    /// Flags an action that another pattern in the same list already matches.
    ///
    /// # Why it matters
    ///
    /// The redundant entry changes no decision and uses space of the policy's size quota. If a person removes it later to
    /// take access away, the wider pattern still allows that access.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt*", "kms:Decrypt"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the narrower entry, or replace the wider pattern:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt", "kms:Encrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "RED114" "covered-action", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_ACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(covered_values(
        document,
        |statement| statement.action.as_ref(),
        true,
    ));
}
