//! TAG107 `abac-for-all-values`.

use crate::ask::loose_tests::loose_tests;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::{Findings, Grade};
use policy_engine::policy::condition::SetQualifier;
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags `ForAllValues:` in the condition on tags with which an Allow separates tenants.
    ///
    /// # Why it matters
    ///
    /// `ForAllValues:` also matches if the request has no value for the key. An object without the tag is then readable for
    /// every tenant of the role.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ForAllValues:StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the operator without `ForAllValues:`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
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
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Safe: removes the qualifier, which narrows the Allow.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG107" "abac-for-all-values", Critical Leak High,
    needs: [Policies], aws: [], fix: Some(Grade::Safe), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let is_loose = |condition: &Condition| {
        let qualifier = condition.parsed.and_then(|operator| operator.qualifier);
        qualifier == Some(SetQualifier::ForAllValues)
    };
    findings.extend(loose_tests(context, document, is_loose, |operator| {
        operator
            .split_once(':')
            .map_or(operator, |(_, plain)| plain)
    }));
}
