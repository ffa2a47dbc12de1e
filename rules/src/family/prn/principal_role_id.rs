//! PRN114 `principal-role-id`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags the unique id of a role, `AROA…`, as principal.
    ///
    /// # Why it matters
    ///
    /// AWS replaces the ARN of a deleted role in policies with its unique id. A new role with the same name has another id,
    /// so the policy does not allow it.
    ///
    /// # Flagged
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLEID12345678"}, "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the ARN of the role:
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
    "PRN114" "principal-role-id", Medium Break High,
    needs: [Policies], aws: ["INVALID_ROLE_REFERENCE"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        let mut roles = context.inventory.roles.iter();
        // A role of which no source states the id can have this id.
        let is_possible = roles.any(|role| role.unique_id.as_deref().is_none_or(|id| id == text));
        if text.starts_with("AROA") && !is_possible {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    entry.value.origin,
                    "a deleted role",
                    format!("`{text}` is the id of a deleted role"),
                )
                .because(text)
                .help("write the ARN of the role if it exists again, or remove the id");
            findings.add(draft);
        }
    }
}
