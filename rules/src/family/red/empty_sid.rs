//! RED110 `empty-sid`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a `Sid` with an empty string.
    ///
    /// # Why it matters
    ///
    /// An empty `Sid` identifies no statement in logs and messages. A denial message then does not show which statement
    /// denies.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Sid": "", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a name, or remove the `Sid`:
    ///
    /// ```json identity
    /// {"Sid": "Decrypt", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    "RED110" "empty-sid", Info Style High,
    needs: [Policies], aws: ["EMPTY_SID_VALUE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        if let Some(sid) = statement.sid.as_ref().filter(|sid| sid.value.is_empty()) {
            findings.add(
                document
                    .in_statement(statement, sid.origin, "empty", "the Sid is empty")
                    .help("remove the Sid, or write a name"),
            );
        }
    }
}
