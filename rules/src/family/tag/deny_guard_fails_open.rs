//! TAG130 `deny-guard-fails-open`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{is_text, key};
use crate::document::tags::{Tag, tag};
use crate::document::{Document, READS, named};
use crate::finding::Findings;
use policy_engine::policy::condition::{Comparison, SetQualifier};

rule! {
    /// Flags a Deny for objects of other tenants that does not match if the tag is absent.
    ///
    /// # Why it matters
    ///
    /// `ForAnyValue:` does not match a key without values, so the Deny does not apply to objects without the tag. Exactly
    /// these objects then depend on the Allow statements alone.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ForAnyValue:StringNotEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the negated operator without `ForAnyValue:`, which also matches an absent tag:
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringNotEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringNotEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "TAG130" "deny-guard-fails-open", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.denies() {
        let Some(action) = named(statement, &READS) else {
            continue;
        };
        for condition in statement
            .conditions
            .iter()
            .filter(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
        {
            let Some(operator) = condition
                .parsed
                .filter(|operator| operator.negated && is_text(*operator))
            else {
                continue;
            };
            let present = statement.conditions.iter().any(|other| {
                let null = other
                    .parsed
                    .is_some_and(|operator| operator.comparison == Comparison::Null);
                null && key(other).eq_ignore_ascii_case(key(condition))
                    && other
                        .values
                        .iter()
                        .any(|value| value.text.literal() == "false")
            });
            if operator.qualifier != Some(SetQualifier::ForAnyValue) && !present {
                continue;
            }
            let probe = Probe::meeting(document, statement, action, |_| false);
            let Some(proof) =
                probe.and_then(|probe| probe.without(key(condition)).not_denied(context, document))
            else {
                continue;
            };
            let draft = document
                .in_statement(statement, condition.operator.origin, "does not match if the tag is absent", format!("the Deny does not match objects without `{}`", key(condition)))
                .because(key(condition))
                .related(condition.key.origin, "this tag")
                .help(if present {
                    format!("remove \"Null\": {{\"{}\": \"false\"}}", key(condition))
                } else {
                    "use a negated operator without set operator; it also matches objects without the tag".to_owned()
                })
                .request(Some(proof));
            findings.add(draft);
        }
    }
}
