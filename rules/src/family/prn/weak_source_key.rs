//! PRN121 `weak-source-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, entries, is_allow};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a service that is let in by a weaker key than those that say for whom it acts.
    ///
    /// # Why it matters
    ///
    /// `aws:Referer` was made for browsers.
    ///
    /// # Flagged
    ///
    /// ```json resource also=PRM107
    /// {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mail/*", "Condition": {"StringEquals": {"aws:Referer": "111122223333"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mail/*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
    /// ```
    "PRN121" "weak-source-key", Info Leak High,
    needs: [Policies], aws: ["RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let mut entries = entries(statement);
        let service = entries.any(|entry| entry.kind == PrincipalKind::Service);
        if service && is_allow(statement) && key(condition).eq_ignore_ascii_case("aws:Referer") {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "a weak key",
                    "`aws:Referer` hardly says for whom a service acts",
                )
                .help("test `aws:SourceAccount` or `aws:SourceArn`");
            findings.add(draft);
        }
    }
}
