//! PRN112 `assume-action-mismatch`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions, entries};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a way to assume a role that does not fit who is let in: a web identity with the action of SAML, a role with that of a
    /// web identity.
    ///
    /// # Why it matters
    ///
    /// The statement never matches. For Pod Identity and IRSA, where a pod's mount fails for it, it is POD112.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}, "Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}
    /// ```
    "PRN112" "assume-action-mismatch", High Break High,
    needs: [Policies], aws: ["MISMATCHED_ACTION_FOR_PRINCIPAL"], fix: None, Check::Document(check);
}

const WAYS: [&str; 3] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoleWithSAML",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for statement in document.allows() {
        let entries: Vec<_> = entries(statement).collect();
        let fits = |way: &str| {
            entries
                .iter()
                .any(|entry| way_of(entry.kind, entry.value.text.literal()) == way)
        };
        let named: Vec<_> = actions(statement)
            .iter()
            .filter(|value| {
                WAYS.iter()
                    .any(|way| way.eq_ignore_ascii_case(value.text.literal()))
            })
            .collect();
        if entries.is_empty()
            || entries.iter().any(|entry| !entry.value.text.is_known())
            || named.is_empty()
            || named.iter().any(|value| {
                WAYS.iter()
                    .any(|way| way.eq_ignore_ascii_case(value.text.literal()) && fits(way))
            })
        {
            continue;
        }
        let Some((wrong, first)) = named.first().zip(entries.first()) else {
            continue;
        };
        let right = way_of(first.kind, first.value.text.literal());
        let draft = document
            .in_statement(
                statement,
                wrong.origin,
                "not how this principal assumes a role",
                format!("`{}` assumes a role by {right}", first.value.text.literal()),
            )
            .because(wrong.text.literal())
            .related(first.value.origin, "this principal")
            .help(format!("\"{right}\""));
        findings.add(draft);
    }
}

/// How a principal assumes a role.
fn way_of(kind: PrincipalKind, text: &str) -> &'static str {
    match kind {
        PrincipalKind::Federated if text.contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
        PrincipalKind::Federated => "sts:AssumeRoleWithWebIdentity",
        PrincipalKind::Everyone
        | PrincipalKind::Aws
        | PrincipalKind::Service
        | PrincipalKind::CanonicalUser => "sts:AssumeRole",
    }
}
