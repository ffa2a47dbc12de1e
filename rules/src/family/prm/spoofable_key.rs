//! PRM107 `spoofable-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags an Allow with a condition on a value that the caller can choose.
    ///
    /// # Why it matters
    ///
    /// `aws:UserAgent` and `aws:Referer` are headers of the request. Any caller can send the expected value, so the condition
    /// protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": "corp-*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use a key that AWS sets:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}}
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
    ///       variable = "aws:SourceVpce"
    ///       values   = ["vpce-0a1b2c3d"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "PRM107" "spoofable-key", High Leak High,
    needs: [Policies], aws: ["UNTRUSTWORTHY_CONDITION_KEY"], fix: None, Check::Document(check);
}

const SPOOFABLE: [&str; 2] = ["aws:useragent", "aws:referer"];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition).to_ascii_lowercase();
        let asks = condition
            .parsed
            .is_some_and(|operator| operator.comparison != Comparison::Null);
        if is_allow(statement) && asks && SPOOFABLE.contains(&name.as_str()) {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "the caller chooses this value",
                    format!("the caller can send any value of `{}`", key(condition)),
                )
                .because(name)
                .help("test a key that AWS sets, for example `aws:PrincipalArn`, `aws:PrincipalAccount` or `aws:SourceVpce`");
            findings.add(draft);
        }
    }
}
