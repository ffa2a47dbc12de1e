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
    /// Flags a trust policy for EKS whose list of allowed tag keys lacks at least one of the six keys that EKS sends.
    ///
    /// # Why it matters
    ///
    /// EKS sends all six tags in one call. If a condition on `aws:TagKeys` allows only some of them, STS denies the whole
    /// call, and the pod gets no credentials.
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
    /// List all six keys, or remove the condition:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
    ///  "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account", "kubernetes-pod-name", "kubernetes-pod-uid"]}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["pods.eks.amazonaws.com"]
    ///     }
    ///     actions = ["sts:AssumeRole", "sts:TagSession"]
    ///     condition {
    ///       test     = "ForAllValues:StringEquals"
    ///       variable = "aws:TagKeys"
    ///       values   = ["eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account", "kubernetes-pod-name", "kubernetes-pod-uid"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "POD103" "trust-tagsession-statement-narrower", High Break High,
    properties: [NamesMistake], needs: [Policies], aws: [], fix: None, Check::Document(check);
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
                format!("EKS also sends the tag `{first}`, and this list does not contain the tag"),
            )
            .because(key(condition))
            .help(format!("add to the list: {}", missing.join(", ")));
        findings.add(draft);
    }
}
