//! TAG109 `abac-null-opens-untagged`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags an Allow to read that requires a resource tag to be absent.
    ///
    /// # Why it matters
    ///
    /// Every object without the tag is readable for every tenant of the role. A principal that can remove the tag can also
    /// open an object in this way.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/kubernetes-namespace": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require a tag that marks shared objects:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "shared"}}}
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
    ///       values   = ["shared"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG109" "abac-null-opens-untagged", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        let opens = |condition: &&Condition| {
            let null = condition
                .parsed
                .is_some_and(|operator| operator.comparison == Comparison::Null);
            let asks = condition
                .values
                .iter()
                .any(|value| value.text.literal() == "true");
            null && asks && matches!(tag(condition), Some(Tag::Resource(_)))
        };
        let Some(condition) = statement.conditions.iter().find(opens) else {
            continue;
        };
        let probe = Probe::meeting(document, statement, action, |_| false);
        let Some(proof) =
            probe.and_then(|probe| probe.without(key(condition)).allowed(context, document))
        else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                condition.key.origin,
                "matches objects without the tag",
                format!(
                    "every role with this policy can read objects without `{}`",
                    key(condition)
                ),
            )
            .because(key(condition))
            .help("set a tag value for shared objects, for example `shared`, and test this value")
            .request(Some(proof));
        findings.add(draft);
    }
}
