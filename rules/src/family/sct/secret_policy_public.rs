//! SCT119 `secret-policy-public`.

use crate::context::Context;
use crate::document::{Document, Owner};
use crate::finding::Findings;
use crate::isolation::reading;
use crate::probe::Probe;
use crate::rule::{Check, rule};
use policy_engine::policy::statement::PrincipalKind;
use policy_engine::request::Principal;

rule! {
    /// Flags a secret's policy that lets in everyone, from any account.
    ///
    /// # Why it matters
    ///
    /// Only a permission in the caller's own account is missing then, and any account can give itself that.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "SCT119" "secret-policy-public", Critical Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

/// An account that nobody here has.
const STRANGER: &str = "arn:aws:iam::999999999999:role/stranger";

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(document.owner, Owner::Secret(_)) {
        return;
    }
    let Ok(stranger) = Principal::parse(STRANGER) else {
        return;
    };
    for (statement, action) in reading(document) {
        let entries = statement.principal.iter().flat_map(|one| &one.entries);
        let Some(everyone) = entries
            .into_iter()
            .find(|one| one.kind == PrincipalKind::Everyone)
        else {
            continue;
        };
        // A condition that a stranger can meet by what he brings along is no wall, one on who he is is one.
        let probe = Probe::meeting(document, statement, action, |condition| {
            let key = condition.key.text.literal().to_ascii_lowercase();
            key.starts_with("aws:principal") && !key.starts_with("aws:principaltag/")
                || key.starts_with("aws:source")
                || key == "aws:resourceaccount"
        });
        let probe = probe.map(|probe| probe.by(stranger.clone()));
        // The stranger's own account allows him everything: what the secret says decides.
        let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document)) else {
            continue;
        };
        let message = format!(
            "the policy of `{}` lets in every AWS account",
            document.object
        );
        let draft = document
            .in_statement(statement, everyone.value.origin, "everyone", message)
            .because(action)
            .help("name the roles that read it")
            .request(Some(proof));
        findings.add(draft);
    }
}
