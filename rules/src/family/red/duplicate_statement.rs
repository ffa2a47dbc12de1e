//! RED117 `duplicate-statement`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::source::Origin;

rule! {
    /// Flags a statement that the policy contains twice.
    ///
    /// # Why it matters
    ///
    /// The second statement changes no decision and uses space of the policy's size quota. If a person changes only one of
    /// them, the other one still allows the old access.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep one of the statements:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]
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
    ///
    ///   statement {
    ///     actions   = ["kms:Encrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "RED117" "duplicate-statement", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_STATEMENT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let mut seen: Vec<(String, Origin)> = Vec::new();
    for statement in document.statements() {
        let content = crate::document::content(statement);
        match seen.iter().find(|(known, _)| *known == content) {
            Some((_, first)) => {
                let draft = document.in_statement(
                    statement,
                    statement.origin,
                    "the duplicate",
                    "the document contains this statement twice",
                );
                findings.add(
                    draft
                        .related(*first, "the first of the two")
                        .help("remove one of the two statements"),
                );
            }
            None => seen.push((content, statement.origin)),
        }
    }
}
