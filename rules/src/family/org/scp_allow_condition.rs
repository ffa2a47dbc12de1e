//! ORG190 `scp-allow-condition`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a condition in an Allow of a service control policy.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies take the whole policy language. Guides and tools older than that do not, and an organization may keep to the old form so that all of them work.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}
    /// ```
    ///
    /// # When to allow it
    ///
    /// Always, unless policies must stay in the form of before September 2025: IAM Access Analyzer reports it no more.
    "ORG190" "scp-allow-condition", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_ALLOW_CONDITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.allows() {
        let Some(first) = statement.conditions.first() else {
            continue;
        };
        let place = first.origin;
        let draft = document.in_statement(
            statement,
            place,
            "a condition",
            "a service control policy allows on a condition",
        );
        findings
            .add(draft.help("allow without condition, and deny where the condition does not hold"));
    }
}
