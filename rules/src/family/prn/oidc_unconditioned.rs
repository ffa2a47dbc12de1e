//! PRN119 `oidc-unconditioned`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a role for an OIDC provider, other than a cluster or GitHub, without a test of its claims.
    ///
    /// # Why it matters
    ///
    /// Whoever the provider vouches for assumes the role. For clusters it is IRS102, for GitHub PRN120.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"idp.example.com:sub": "ci"}}}
    /// ```
    "PRN119" "oidc-unconditioned", High Leak High,
    needs: [Policies], aws: ["MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        let Some((_, host)) = text
            .split_once(":oidc-provider/")
            .filter(|_| entry.kind == PrincipalKind::Federated)
        else {
            continue;
        };
        let elsewhere =
            host.starts_with("oidc.eks.") || host == "token.actions.githubusercontent.com";
        let tested = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).starts_with(host))
        };
        if !elsewhere && is_allow(statement) && !tested() {
            let draft = document
                .in_statement(
                    statement,
                    entry.value.origin,
                    "whoever it vouches for",
                    format!("whoever `{host}` vouches for assumes the role"),
                )
                .because(host)
                .help(format!("test `{host}:sub` and `{host}:aud`"));
            findings.add(draft);
        }
    }
}
