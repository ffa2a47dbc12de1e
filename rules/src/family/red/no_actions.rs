//! RED101 `no-actions`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a statement with an empty list of actions.
    ///
    /// # Why it matters
    ///
    /// The statement matches no action and never applies. An Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": [], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the actions, or remove the statement:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "RED101" "no-actions", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_ACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        if let Some(element) = statement
            .action
            .as_ref()
            .filter(|list| list.values.is_empty())
        {
            findings.add(
                document
                    .in_statement(
                        statement,
                        element.origin,
                        "empty",
                        "the list of actions is empty",
                    )
                    .help("remove the statement"),
            );
        }
    }
}
