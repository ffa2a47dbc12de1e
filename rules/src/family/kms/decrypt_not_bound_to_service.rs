//! KMS112 `decrypt-not-bound-to-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::tags::tag;
use crate::document::{Document, named, resources};
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets secrets be read, which may decrypt with every key of an account, by whatever way.
    ///
    /// # Why it matters
    ///
    /// It decrypts any ciphertext under those keys, snapshots and objects of others included, not only the secrets it may read.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}}]
    /// ```
    "KMS112" "decrypt-not-bound-to-service", Medium Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, &["kms:Decrypt"]) {
        let any = resources(danger.statement)
            .iter()
            .any(|value| matches!(value.text.literal().rsplit(":key/").next(), Some("*")));
        let bound = danger.statement.conditions.iter().any(|condition| {
            let name = key(condition).to_ascii_lowercase();
            [
                "kms:viaservice",
                "kms:encryptioncontext",
                "kms:resourcealiases",
                "aws:calledvia",
            ]
            .iter()
            .any(|known| name.starts_with(known))
                || tag(condition).is_some()
        });
        // A pattern that allows more than decrypting is said to: ESC107.
        let more = named(danger.statement, &["kms:PutKeyPolicy"]).is_some();
        let Some(proof) = danger
            .probe
            .side_allows(context, document)
            .filter(|_| any && !bound && !more)
        else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "by whatever way",
                format!("`{}` decrypts whatever any key encrypts", document.object),
            )
            .because(danger.action)
            .help("\"StringLike\": {\"kms:ViaService\": \"secretsmanager.*.amazonaws.com\"}")
            .request(Some(proof));
        findings.add(draft);
    }
}
