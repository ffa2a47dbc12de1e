//! TAG106 `abac-if-exists`.

use crate::ask::loose_tests::loose_tests;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::{Findings, Grade};
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags `…IfExists` on the test of a tag by which an Allow keeps tenants apart.
    ///
    /// # Why it matters
    ///
    /// The test holds where the tag is absent: an object that nobody tagged, or a session without tags, passes. One forgotten
    /// tag publishes a secret to all tenants.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {
    ///   "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
    ///   "aws:ResourceTag/eks-cluster-arn": "${aws:PrincipalTag/eks-cluster-arn}"}}}
    /// ```
    ///
    /// # Fix
    ///
    /// Safe: drops the suffix, which narrows what is allowed.
    ///
    /// # References
    ///
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
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
