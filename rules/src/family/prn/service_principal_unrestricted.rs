//! PRN118 `service-principal-unrestricted`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a service that is let in for whomever it acts, where the service says for whom: no test of `aws:SourceArn`,
    /// `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths`.
    ///
    /// # Why it matters
    ///
    /// Any account can make the service call. For `pods.eks.amazonaws.com` see POD104.
    ///
    /// # Flagged
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:orders"}}}
    /// ```
    "PRN118" "service-principal-unrestricted", High Leak Medium,
    needs: [Policies], aws: ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"], fix: None, Check::Document(check);
}

/// Services that say for whom they act, as of 21 August 2026.
const TELLING: [&str; 14] = [
    "sns",
    "s3",
    "events",
    "cloudtrail",
    "config",
    "cloudwatch",
    "budgets",
    "ses",
    "logs",
    "scheduler",
    "guardduty",
    "cloudfront",
    "apigateway",
    "delivery.logs",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        let service = text.strip_suffix(".amazonaws.com").unwrap_or("");
        let telling = entry.kind == PrincipalKind::Service && TELLING.contains(&service);
        // A weaker test of the source is PRN121.
        let tested = statement.conditions.iter().any(|condition| {
            let name = key(condition).to_ascii_lowercase();
            name.starts_with("aws:source") || name == "aws:referer"
        });
        if telling && !tested && is_allow(statement) {
            let draft = document
                .in_statement(
                    statement,
                    entry.value.origin,
                    "for whomever it acts",
                    format!("`{text}` is let in for whomever it acts"),
                )
                .because(text)
                .help("test `aws:SourceArn` or `aws:SourceAccount`");
            findings.add(draft);
        }
    }
}
