//! CND111 `tag-key-missing`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;

rule! {
    /// Flags the condition key of a tag without the key of the tag.
    ///
    /// # Why it matters
    ///
    /// No request contains `aws:ResourceTag` without a tag key. The condition never matches: an Allow gives no access, and a
    /// Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag": "team-a"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the tag key after the slash:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "team-a"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/team"
    ///       values   = ["team-a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "CND111" "tag-key-missing", High Break High,
    needs: [Policies], aws: ["MISSING_TAG_KEY_IN_CONDITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let stem = key(condition).trim_end_matches('/').to_ascii_lowercase();
        if ["resourcetag", "requesttag", "principaltag"]
            .iter()
            .any(|end| stem.ends_with(&format!(":{end}")))
        {
            let message = format!("`{}` contains no tag key", key(condition));
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    condition.key.origin,
                    "the tag key is missing",
                    message,
                )
                .because(key(condition))
                .help(format!("{}/team", key(condition).trim_end_matches('/')));
            findings.add(draft);
        }
    }
}
