//! TAG122 `service-account-without-namespace`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, resources};
use crate::finding::Findings;

rule! {
    /// Flags an Allow to read that compares the service account and not its namespace.
    ///
    /// # Why it matters
    ///
    /// Service accounts of one name stand in every namespace, and tenants choose the names.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-service-account": "${aws:PrincipalTag/kubernetes-service-account}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {
    ///   "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}",
    ///   "aws:ResourceTag/kubernetes-service-account": "${aws:PrincipalTag/kubernetes-service-account}"}}}
    /// ```
    "TAG122" "service-account-without-namespace", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        let says = |tag: &str| {
            let conditions = statement
                .conditions
                .iter()
                .flat_map(|condition| std::iter::once(&condition.key).chain(&condition.values));
            conditions
                .chain(resources(statement))
                .find(|text| text.text.literal().contains(tag))
        };
        let Some(place) = says("PrincipalTag/kubernetes-service-account")
            .filter(|_| says("PrincipalTag/kubernetes-namespace").is_none())
        else {
            continue;
        };
        let probe = Probe::meeting(document, statement, action, |_| false);
        let probe = probe
            .map(|probe| probe.with("aws:PrincipalTag/kubernetes-namespace", "another-tenant"));
        let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                place.origin,
                "of any namespace",
                "a service account of that name in any namespace reads it",
            )
            .because("kubernetes-service-account")
            .help("compare `kubernetes-namespace`, too")
            .request(Some(proof));
        findings.add(draft);
    }
}
