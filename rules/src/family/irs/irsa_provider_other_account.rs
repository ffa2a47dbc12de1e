//! IRS108 `irsa-provider-other-account`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Owner;
use crate::finding::Findings;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a role whose identity provider is of another account.
    ///
    /// # Why it matters
    ///
    /// The provider must be registered in the account of the role.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=IRS107
    /// -              Federated: arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    /// +              Federated: arn:aws:iam::444455556666:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    /// ```
    "IRS108" "irsa-provider-other-account", High Break High,
    needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for document in &context.documents {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let Some(account) = Arn::parse(&role.arn).map(|arn| arn.account) else {
            continue;
        };
        for (statement, entry, host) in crate::document::clusters(document) {
            let own = Arn::parse(entry.value.text.literal())
                .is_none_or(|arn| arn.account == account || arn.account.is_empty());
            if own {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    entry.value.origin,
                    "of another account",
                    format!(
                        "the identity provider is not registered in the account of `{}`",
                        document.object
                    ),
                )
                .because(host)
                .help(format!("arn:aws:iam::{account}:oidc-provider/{host}"));
            findings.add(draft);
        }
    }
}
