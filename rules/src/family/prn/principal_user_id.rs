//! PRN115 `principal-user-id`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags the unique id of a user, `AIDA…`, as principal.
    ///
    /// # Why it matters
    ///
    /// AWS replaces the ARN of a deleted user in policies with its unique id. A new user with the same name has another id,
    /// so the statement allows no existing user.
    ///
    /// # Flagged
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "AIDAEXAMPLEID12345678"}, "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the ARN of an existing role or user:
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:Decrypt", "Resource": "*"}
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
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN115" "principal-user-id", Medium Break High,
    needs: [Policies], aws: ["INVALID_USER_REFERENCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        if text.starts_with("AIDA") {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    entry.value.origin,
                    "a deleted user",
                    format!("`{text}` is the id of a deleted user"),
                )
                .because(text)
                .help("remove the id");
            findings.add(draft);
        }
    }
}
