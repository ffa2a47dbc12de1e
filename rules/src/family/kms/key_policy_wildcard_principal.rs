//! KMS110 `key-policy-wildcard-principal`.

use crate::ask::probe::open_to_strangers;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, named};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

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

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Key {
        return;
    }
    for statement in document.allows() {
        let Some(action) = named(statement, &["kms:Decrypt"]) else {
            continue;
        };
        let asked = (statement, action);
        let open = open_to_strangers(context, document, asked, "kms:calleraccount");
        let Some((place, proof)) = open else { continue };
        let message = format!(
            "the policy of the key `{}` lets every AWS account decrypt",
            document.object
        );
        let draft = document
            .in_statement(statement, place, "everyone", message)
            .because(action)
            .help("name the roles that decrypt, or test `kms:CallerAccount`")
            .request(Some(proof));
        findings.add(draft);
    }
}
