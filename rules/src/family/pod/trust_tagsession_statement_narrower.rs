//! POD103 `trust-tagsession-statement-narrower`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_text, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use crate::text::globs::includes;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::SetQualifier;

rule! {
    /// Flags a list of tag keys, in a trust policy for pods, that lacks one of the six which EKS sends.
    ///
    /// # Why it matters
    ///
    /// All six travel in one call. A list that allows only some of them refuses the call.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ///  {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:TagSession", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["kubernetes-namespace"]}}}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
    ///  "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account", "kubernetes-pod-name", "kubernetes-pod-uid"]}}}
    /// ```
    "POD103" "trust-tagsession-statement-narrower", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const LISTS: [&str; 2] = ["aws:tagkeys", "sts:transitivetagkeys"];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let list = LISTS.contains(&key(condition).to_ascii_lowercase().as_str());
        let all = condition.parsed.is_some_and(|operator| {
            operator.qualifier == Some(SetQualifier::ForAllValues)
                && is_text(operator)
                && !operator.negated
        });
        let pods = document.kind == PolicyType::Trust
            && is_allow(statement)
            && crate::document::lets_pods_in(statement);
        if !list || !all || !pods || condition.values.iter().any(|value| !value.text.is_known()) {
            continue;
        }
        let allowed = |tag: &str| {
            condition
                .values
                .iter()
                .any(|value| includes(value.text.literal(), tag))
        };
        let missing: Vec<_> = crate::text::session_tags::KEYS
            .into_iter()
            .filter(|tag| !allowed(tag))
            .collect();
        let Some(first) = missing.first() else {
            continue;
        };
        let draft = document
            .dead(
                statement,
                RULE.severity,
                condition.origin,
                format!("`{first}` is missing"),
                format!("EKS sends `{first}`, too, and this list refuses it"),
            )
            .because(key(condition))
            .help(format!("add {}", missing.join(", ")));
        findings.add(draft);
    }
}
