//! PRN110 `trust-star-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a bare `"Principal": "*"` in a trust policy.
    ///
    /// # Why it matters
    ///
    /// AWS refuses it; `{"AWS": "*"}`, which it takes, lets every account in and is PRN202.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    "PRN110" "trust-star-principal", High Break High,
    needs: [Policies], aws: ["ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for statement in document.statements() {
        let Some(element) = &statement.principal else {
            continue;
        };
        // The bare star is the element itself.
        let bare = element.entries.iter().any(|entry| {
            entry.kind == PrincipalKind::Everyone && entry.value.origin == element.origin
        });
        if bare && is_allow(statement) {
            let draft = document
                .in_statement(
                    statement,
                    element.origin,
                    "everyone",
                    "a trust policy does not take the bare `*`",
                )
                .help("name the roles, accounts or services that assume it");
            findings.add(draft);
        }
    }
}
