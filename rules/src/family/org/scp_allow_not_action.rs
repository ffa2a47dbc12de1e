//! ORG191 `scp-allow-not-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags `NotAction` in an Allow of a service control policy.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies take the whole policy language. Guides and tools older than that do not, and an organization may keep to the old form so that all of them work.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json scp
    /// [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}]
    /// ```
    ///
    /// # When to allow it
    ///
    /// Always, unless policies must stay in the form of before September 2025: IAM Access Analyzer reports it no more.
    "ORG191" "scp-allow-not-action", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_ALLOW_NOTACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.allows() {
        let negated = statement.action.as_ref().filter(|list| list.negated);
        let Some(element) = negated else { continue };
        let place = element.key;
        let draft = document.in_statement(
            statement,
            place,
            "everything but these",
            "a service control policy allows everything but some actions",
        );
        findings.add(draft.help("allow everything, and deny these actions"));
    }
}
