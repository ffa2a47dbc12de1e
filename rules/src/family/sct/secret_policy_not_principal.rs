//! SCT120 `secret-policy-not-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, is_allow};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags `NotPrincipal` in the policy of a secret or key.
    ///
    /// # Why it matters
    ///
    /// With an Allow it lets in the rest of the world. With a Deny it locks out the sessions of the roles that it lists, because a
    /// session is another principal than its role.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}}
    /// ```
    "SCT120" "secret-policy-not-principal", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(
        (document.kind, document.owner),
        (PolicyType::Key, _) | (PolicyType::Resource, Owner::Secret(_))
    ) {
        return;
    }
    for statement in document.statements() {
        let Some(element) = statement
            .principal
            .as_ref()
            .filter(|element| element.negated)
        else {
            continue;
        };
        let (label, message) = if is_allow(statement) {
            (
                "everybody else",
                "an Allow with `NotPrincipal` lets in everybody else in the world",
            )
        } else {
            (
                "and not their sessions",
                "a Deny with `NotPrincipal` stops the sessions of the roles that it lists",
            )
        };
        let draft = document
            .in_statement(statement, element.key, label, message)
            .help("\"Principal\": \"*\" with a test of `aws:PrincipalArn`");
        findings.add(draft);
    }
}
