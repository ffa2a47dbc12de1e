//! PRN108 `key-unusable-with-service-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::{Document, entries};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a condition on the identity of the caller, if the principal is an AWS service.
    ///
    /// # Why it matters
    ///
    /// An AWS service that calls on its own behalf has no organization, tags or principal ARN. The condition never matches,
    /// and AWS denies the call.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the `aws:Source…` keys, which describe the resource behind the call:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}}
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
    ///       variable = "aws:SourceOrgID"
    ///       values   = ["o-a1b2c3d4e5"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "PRN108" "key-unusable-with-service-principal", High Break High,
    properties: [NamesMistake], needs: [Policies], aws: ["UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"], fix: None, Check::Document(check);
}

const OF_PEOPLE: [&str; 6] = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltag/",
    "aws:userid",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let entries = entries(statement);
        let kinds: Vec<_> = entries.map(|entry| entry.kind).collect();
        let services =
            !kinds.is_empty() && kinds.iter().all(|kind| *kind == PrincipalKind::Service);
        let name = key(condition).to_ascii_lowercase();
        let asks = condition.parsed.is_some_and(is_positive)
            && OF_PEOPLE.iter().any(|own| name.starts_with(own));
        // For Pod Identity, POD111 checks the tags that it sends.
        if !services
            || !asks
            || (name.starts_with("aws:principaltag/") && crate::document::lets_pods_in(statement))
        {
            continue;
        }
        let draft = document
            .dead(statement, RULE.severity, condition.key.origin, "absent in requests of services", format!("requests of a service do not contain `{}`", key(condition)))
            .because(name)
            .help("test `aws:SourceAccount`, `aws:SourceArn`, `aws:SourceOrgID` or, for Pod Identity, `aws:RequestTag/…` instead");
        findings.add(draft);
    }
}
