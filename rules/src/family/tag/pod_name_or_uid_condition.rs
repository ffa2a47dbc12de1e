//! TAG121 `pod-name-or-uid-condition`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, resources};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags a condition on the name or uid of a pod.
    ///
    /// # Why it matters
    ///
    /// Kubernetes creates a new name and uid for each pod. The condition never matches, or matches only until the next
    /// rollout, and the mounts fail then.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-pod-name": "${aws:PrincipalTag/kubernetes-pod-name}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// A test whether the tag exists does not depend on the pod:
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": "sts:TagSession", "Resource": "*",
    ///  "Condition": {"Null": {"aws:RequestTag/kubernetes-pod-name": "false"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}
    /// ```
    ///
    /// Compare the namespace and the service account:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {
    ///   "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
    ///   "aws:ResourceTag/kubernetes-service-account": "${aws:PrincipalTag/kubernetes-service-account}"}}}
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
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-service-account"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-service-account}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # When to allow it
    ///
    /// For pods of a StatefulSet, which have fixed names.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG121" "pod-name-or-uid-condition", Medium Fragile High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        // Every pod has a name and a uid: whether a tag exists does not depend on the pod.
        let texts = statement
            .conditions
            .iter()
            .filter(|condition| !only_asks_for_presence(condition))
            .flat_map(|condition| std::iter::once(&condition.key).chain(&condition.values));
        let place = texts.chain(resources(statement)).find(|text| {
            [
                "PrincipalTag/kubernetes-pod-name",
                "PrincipalTag/kubernetes-pod-uid",
                "RequestTag/kubernetes-pod-name",
                "RequestTag/kubernetes-pod-uid",
            ]
            .iter()
            .any(|tag| text.text.literal().contains(tag))
        });
        let Some(place) = place else { continue };
        let draft = document
            .in_statement(
                statement,
                place.origin,
                "changes with every pod",
                "every new pod has a different name and uid",
            )
            .because(place.text.literal())
            .help("test `kubernetes-service-account` and `kubernetes-namespace` instead");
        findings.add(draft);
    }
}

fn only_asks_for_presence(condition: &Condition) -> bool {
    let mut values = condition.values.iter();
    condition
        .parsed
        .is_some_and(|operator| match operator.comparison {
            Comparison::Null => true,
            Comparison::StringLike => values.all(|value| value.text.literal() == "*"),
            _ => false,
        })
}
