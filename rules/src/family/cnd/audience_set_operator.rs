//! CND131 `audience-set-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::SetQualifier;

rule! {
    /// Flags `ForAllValues:` on the audience of a web identity.
    ///
    /// # Why it matters
    ///
    /// With a token whose audience is one value it says nothing more, and holds where the claim is absent.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"ForAllValues:StringEquals": {"idp.example.com:aud": "app"}, "StringEquals": {"idp.example.com:sub": "ci"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"idp.example.com:aud": "app", "idp.example.com:sub": "ci"}}}
    /// ```
    "CND131" "audience-set-operator", Info Style Medium,
    needs: [Policies], aws: ["CONFIRM_AUDIENCE_CLAIM_TYPE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let all = condition
            .parsed
            .is_some_and(|operator| operator.qualifier == Some(SetQualifier::ForAllValues));
        if all && document.kind == PolicyType::Trust && key(condition).ends_with(":aud") {
            let draft = document
                .in_statement(
                    statement,
                    condition.operator.origin,
                    "holds where the claim is absent",
                    format!("is `{}` one value or many?", key(condition)),
                )
                .because(key(condition))
                .help("StringEquals, if the provider sends one audience");
            findings.add(draft);
        }
    }
}
