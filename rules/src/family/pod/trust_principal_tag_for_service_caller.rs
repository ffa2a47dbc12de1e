//! POD111 `trust-principal-tag-for-service-caller`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, is_positive};
use crate::document::tags::{Tag, tag};
use crate::finding::Draft;
use crate::finding::Findings;
use crate::finding::Grade;
use crate::mount::cause::{Case, Refusal};
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a trust policy for EKS with a condition on `aws:PrincipalTag/…`.
    ///
    /// # Why it matters
    ///
    /// The caller of `AssumeRole` is the EKS service, and a service has no principal tags, so the condition never matches.
    /// EKS sends the values as `aws:RequestTag/…`; they become principal tags only in the new session.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
    ///  "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333", "aws:PrincipalTag/kubernetes-namespace": "dev"}}}
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    /// -                aws:RequestTag/kubernetes-namespace: dev
    /// +                aws:PrincipalTag/kubernetes-namespace: dev
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `aws:RequestTag/…` in the trust policy:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
    ///  "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333", "aws:RequestTag/kubernetes-namespace": "dev"}}}
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
    ///       test     = "StringEquals"
    ///       variable = "aws:SourceAccount"
    ///       values   = ["111122223333"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:RequestTag/kubernetes-namespace"
    ///       values   = ["dev"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: replaces `aws:PrincipalTag` with `aws:RequestTag`.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "POD111" "trust-principal-tag-for-service-caller", High Break High,
    needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check), Check::Cause(find);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for (statement, condition) in each(document) {
        let Some(Tag::Principal(name)) =
            tag(condition).filter(|_| crate::document::lets_pods_in(statement))
        else {
            continue;
        };
        if !condition.parsed.is_some_and(is_positive) {
            continue;
        }
        let right = format!("aws:RequestTag/{name}");
        let draft = document
            .dead(
                statement,
                RULE.severity,
                condition.key.origin,
                "EKS has no principal tags",
                "the caller of this trust policy is EKS, a service without principal tags",
            )
            .because(name)
            .help(format!("\"{right}\""))
            .replace(Grade::Repair, format!("\"{right}\""));
        findings.add(draft);
    }
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    let key = trust.key().filter(|_| !trust.is_irsa)?;
    key.starts_with("aws:principaltag/")
        .then(|| refusal.draft(case))
}
