//! TAG122 `service-account-without-namespace`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, resources};
use crate::finding::Findings;

rule! {
    /// Flags an Allow to read that compares the service account, but not its namespace.
    ///
    /// # Why it matters
    ///
    /// Each namespace can have a service account with the same name, and tenants choose these names. A tenant can create a
    /// service account with another tenant's name and read its objects.
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
    /// Compare the namespace as well:
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
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG122" "service-account-without-namespace", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        let text_with = |tag: &str| {
            let conditions = statement
                .conditions
                .iter()
                .flat_map(|condition| std::iter::once(&condition.key).chain(&condition.values));
            conditions
                .chain(resources(statement))
                .find(|text| text.text.literal().contains(tag))
        };
        let Some(place) = text_with("PrincipalTag/kubernetes-service-account")
            .filter(|_| text_with("PrincipalTag/kubernetes-namespace").is_none())
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
                "matches any namespace",
                "a service account with this name in any namespace can read the object",
            )
            .because("kubernetes-service-account")
            .help("also compare `kubernetes-namespace`")
            .request(Some(proof));
        findings.add(draft);
    }
}
