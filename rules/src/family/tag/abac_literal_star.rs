//! TAG114 `abac-literal-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::document::tags::tag;
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `*` or `?` in the value of a tag, if the operator of the condition compares exactly.
    ///
    /// # Why it matters
    ///
    /// `StringEquals` compares `*` and `?` literally, and EKS never sets a tag with these characters. The condition never
    /// matches, and AWS denies the read. `StringLike` would match, but opens the access that TAG111 reports.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "team-*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the values:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": ["team-a", "team-b"]}}}
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
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["team-a", "team-b"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG114" "abac-literal-star", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let exact = condition.parsed.is_some_and(|operator| {
            matches!(
                operator.comparison,
                Comparison::StringEquals | Comparison::StringEqualsIgnoreCase
            )
        });
        if !exact || tag(condition).is_none() {
            continue;
        }
        for (value, place) in literal_values(condition).filter(|(value, _)| has_wildcard(value)) {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not a wildcard here",
                    format!("this operator compares `{value}` literally"),
                )
                .because(value)
                .help("list the values");
            findings.add(draft);
        }
    }
}
