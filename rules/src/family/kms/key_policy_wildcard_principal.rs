//! KMS110 `key-policy-wildcard-principal`.

use crate::context::Context;
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use crate::probe::{Probe, named};
use crate::rule::{Check, rule};
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;
use policy_engine::request::Principal;

rule! {
    /// Flags a key policy that lets everyone decrypt, from any account.
    ///
    /// # Why it matters
    ///
    /// Anyone with a permission of his own account may decrypt what he gets hold of.
    ///
    /// # Flagged
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*",
    ///  "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333", "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}
    /// ```
    ///
    /// # When to allow it
    ///
    /// With `kms:CallerAccount` and `kms:ViaService` it is the policy of the keys that AWS manages, and not flagged.
    "KMS110" "key-policy-wildcard-principal", Critical Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const STRANGER: &str = "arn:aws:iam::999999999999:role/stranger";

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Key {
        return;
    }
    let Ok(stranger) = Principal::parse(STRANGER) else {
        return;
    };
    for statement in document.statements().iter().filter(|one| is_allow(one)) {
        let Some(action) = named(statement, &["kms:Decrypt"]) else {
            continue;
        };
        let entries = statement.principal.iter().flat_map(|one| &one.entries);
        let Some(everyone) = entries
            .into_iter()
            .find(|one| one.kind == PrincipalKind::Everyone)
        else {
            continue;
        };
        let probe = Probe::meeting(document, statement, action, |condition| {
            let key = condition.key.text.literal().to_ascii_lowercase();
            key.starts_with("aws:principal") && !key.starts_with("aws:principaltag/")
                || key.starts_with("aws:source")
                || key == "kms:calleraccount"
        });
        let probe = probe.map(|probe| probe.by(stranger.clone()));
        let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document)) else {
            continue;
        };
        let message = format!(
            "the policy of the key `{}` lets every AWS account decrypt",
            document.object
        );
        let draft = document
            .in_statement(statement, everyone.value.origin, "everyone", message)
            .because(action)
            .help("name the roles that decrypt, or test `kms:CallerAccount`")
            .request(Some(proof));
        findings.add(draft);
    }
}
