//! TAG106 `abac-if-exists`.

use crate::context::Context;
use crate::document::Document;
use crate::finding::Grade;
use crate::finding::{Findings, Fix};
use crate::isolation::{isolates, reading};
use crate::probe::Probe;
use crate::rule::{Check, rule};
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
        isolates(condition) && operator.is_some_and(|one| one.if_exists && !one.negated)
    };
    for (statement, action) in reading(document) {
        for condition in statement.conditions.iter().filter(|one| is_loose(one)) {
            let key = condition.key.text.literal();
            let probe = Probe::meeting(document, statement, action, is_loose);
            let proof = probe.and_then(|probe| probe.without(key).allowed(context, document));
            if proof.is_none() {
                continue;
            }
            let message = format!("whoever lacks `{key}` passes: {action} is allowed without it");
            let operator = condition.operator.value.trim_end_matches("IfExists");
            let draft = document
                .in_statement(
                    statement,
                    condition.operator.origin,
                    "holds where the tag is absent",
                    message,
                )
                .because(key)
                .related(condition.key.origin, "this tag")
                .help(format!("\"{operator}\""))
                .request(proof)
                .once(statement.origin)
                .fix(Fix {
                    grade: Grade::Safe,
                    edits: vec![(condition.operator.origin, format!("\"{operator}\""))],
                });
            findings.add(draft);
        }
    }
}
