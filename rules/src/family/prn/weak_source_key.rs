//! PRN121 `weak-source-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, entries, is_allow};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a service principal with a condition on a weaker key than the `aws:Source…` keys.
    ///
    /// # Why it matters
    ///
    /// `aws:Referer` is a header that a caller chooses, and AWS documents it for browsers. It does not show on whose behalf
    /// the service calls.
    ///
    /// # Flagged
    ///
    /// ```json resource also=PRM107
    /// {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mail/*", "Condition": {"StringEquals": {"aws:Referer": "111122223333"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require `aws:SourceAccount` or `aws:SourceArn`:
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mail/*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["ses.amazonaws.com"]
    ///     }
    ///     actions   = ["s3:PutObject"]
    ///     resources = ["arn:aws:s3:::mail/*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:SourceAccount"
    ///       values   = ["111122223333"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "PRN121" "weak-source-key", Info Leak High,
    needs: [Policies], aws: ["RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let mut entries = entries(statement);
        let service = entries.any(|entry| entry.kind == PrincipalKind::Service);
        if service && is_allow(statement) && key(condition).eq_ignore_ascii_case("aws:Referer") {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "a weak key",
                    "`aws:Referer` does not identify the account of the service's customer",
                )
                .help("test `aws:SourceAccount` or `aws:SourceArn` instead");
            findings.add(draft);
        }
    }
}
