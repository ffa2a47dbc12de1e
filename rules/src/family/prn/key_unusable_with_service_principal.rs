//! PRN108 `key-unusable-with-service-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_positive, key};
use crate::document::{Document, entries};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a test of who the caller is for a principal that is a service.
    ///
    /// # Why it matters
    ///
    /// A service that calls on its own behalf has no organization, no tags and no ARN: the test never holds.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    "PRN108" "key-unusable-with-service-principal", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"], fix: None, Check::Document(check);
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
        // Of Pod Identity the tags are meant that it sends: POD111.
        if !services
            || !asks
            || (name.starts_with("aws:principaltag/") && crate::document::lets_pods_in(statement))
        {
            continue;
        }
        let draft = document
            .dead(statement, RULE.severity, condition.key.origin, "a service has none", format!("a service carries no `{}`", key(condition)))
            .because(name)
            .help("test `aws:SourceAccount`, `aws:SourceArn`, `aws:SourceOrgID` or, of Pod Identity, `aws:RequestTag/…`");
        findings.add(draft);
    }
}
