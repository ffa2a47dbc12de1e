//! TAG106 `abac-if-exists`.

use crate::ask::loose_tests::loose_tests;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::{Findings, Grade};
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags `…IfExists` in the condition on tags with which an Allow separates tenants.
    ///
    /// # Why it matters
    ///
    /// `IfExists` also matches if the request has no value for the key. One secret without the tag, or one session without
    /// tags, and every tenant can read the secret.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEqualsIfExists": {
    ///   "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
    ///   "aws:ResourceTag/eks-cluster-arn": "${aws:PrincipalTag/eks-cluster-arn}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the operator without `IfExists`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {
    ///   "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
    ///   "aws:ResourceTag/eks-cluster-arn": "${aws:PrincipalTag/eks-cluster-arn}"}}}
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
    ///       variable = "aws:ResourceTag/eks-cluster-arn"
    ///       values   = ["$${aws:PrincipalTag/eks-cluster-arn}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Safe: removes the suffix, which narrows the Allow.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG106" "abac-if-exists", Critical Leak High,
    needs: [Policies], aws: [], fix: Some(Grade::Safe), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let is_loose = |condition: &Condition| {
        let operator = condition.parsed;
        operator.is_some_and(|operator| operator.if_exists && !operator.negated)
    };
    findings.extend(loose_tests(context, document, is_loose, |operator| {
        operator.trim_end_matches("IfExists")
    }));
}
