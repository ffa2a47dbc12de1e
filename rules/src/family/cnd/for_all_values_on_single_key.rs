//! CND124 `for-all-values-on-single-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key, many};
use crate::document::tags::isolates;
use crate::document::{Document, READS, is_allow, named};
use crate::finding::Findings;
use policy_engine::policy::condition::{Comparison, SetQualifier};

rule! {
    /// Flags `ForAllValues:` on a single-valued key in an Allow.
    ///
    /// # Why it matters
    ///
    /// `ForAllValues:` also matches a request without the key, so the Allow applies to more requests than the condition
    /// suggests. TAG107 reports the same for tags that separate tenants.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the operator without `ForAllValues:`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}
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
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.us-east-1.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND124" "for-all-values-on-single-key", High Leak High,
    needs: [Policies, Catalog], aws: ["FORALLVALUES_WITH_SINGLE_VALUED_KEY"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let for_all = condition.parsed.is_some_and(|operator| {
            operator.qualifier == Some(SetQualifier::ForAllValues)
                && operator.comparison != Comparison::Null
        });
        let isolation = isolates(condition) && named(statement, &READS).is_some();
        if !for_all
            || isolation
            || !is_allow(statement)
            || many(context.catalog, condition) != Some(false)
        {
            continue;
        }
        let message = format!(
            "`{}` has one value, and `ForAllValues` matches if the key is absent",
            key(condition)
        );
        let plain = condition.operator.value.rsplit(':').next().unwrap_or("");
        let draft = document
            .in_statement(
                statement,
                condition.operator.origin,
                "matches if the key is absent",
                message,
            )
            .because(key(condition))
            .help(plain);
        findings.add(draft);
    }
}
