//! CND107 `multivalued-key-without-set-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key, many};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a multivalued key without `ForAnyValue:` or `ForAllValues:`.
    ///
    /// # Why it matters
    ///
    /// AWS does not define the result of such a comparison, and IAM Access Analyzer reports an error. The statement can match
    /// more or fewer requests than intended.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": ["team", "env"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the set operator:
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team", "env"]}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:TagResource"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "ForAnyValue:StringEquals"
    ///       variable = "aws:TagKeys"
    ///       values   = ["team", "env"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND107" "multivalued-key-without-set-operator", High Break High,
    needs: [Policies, Catalog], aws: ["MISSING_QUALIFIER"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let plain = condition.parsed.is_some_and(|operator| {
            operator.qualifier.is_none() && operator.comparison != Comparison::Null
        });
        if plain && many(context.catalog, condition) == Some(true) {
            let message = format!(
                "`{}` can have several values, and the operator has no set operator",
                key(condition)
            );
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    condition.operator.origin,
                    "no set operator",
                    message,
                )
                .because(key(condition))
                .help(format!(
                    "write ForAnyValue:{name}, or ForAllValues:{name} together with a `Null` test",
                    name = condition.operator.value
                ));
            findings.add(draft);
        }
    }
}
