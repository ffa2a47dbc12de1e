//! ORG192 `scp-allow-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, resources};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags an Allow of a service control policy whose `Resource` is not `*`.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies take the whole policy language. Guides and tools older than that do not, and an organization may keep to the old form so that all of them work.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "arn:aws:secretsmanager:*:111122223333:secret:*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json scp
    /// {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    /// ```
    ///
    /// # When to allow it
    ///
    /// Always, unless policies must stay in the form of before September 2025: IAM Access Analyzer reports it no more.
    "ORG192" "scp-allow-resource", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_ALLOW_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.allows() {
        let narrow = |text: &str| text != "*";
        let mut values = resources(statement).iter();
        let Some(value) = values.find(|value| narrow(value.text.literal())) else {
            continue;
        };
        let place = value.origin;
        let draft = document.in_statement(
            statement,
            place,
            "not `*`",
            "a service control policy allows on some resources only",
        );
        findings.add(draft.help("write `*`, and deny what is not meant"));
    }
}
