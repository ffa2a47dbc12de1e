//! TAG121 `pod-name-or-uid-condition`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, resources};
use crate::finding::Findings;

rule! {
    /// Flags a permission that tests the name or the uid of a pod.
    ///
    /// # Why it matters
    ///
    /// They are made anew for every pod: the test never holds, or only until the next rollout.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {
    ///   "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
    ///   "aws:ResourceTag/kubernetes-service-account": "${aws:PrincipalTag/kubernetes-service-account}"}}}
    /// ```
    ///
    /// # When to allow it
    ///
    /// For the pods of a stateful set, whose names are fixed.
    "TAG121" "pod-name-or-uid-condition", Medium Fragile High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        let texts = statement
            .conditions
            .iter()
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
                "another one with every pod",
                "the name and the uid of a pod change with every pod",
            )
            .because(place.text.literal())
            .help("test the service account and its namespace");
        findings.add(draft);
    }
}
