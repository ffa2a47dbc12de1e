//! ESC107 `reader-can-change-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets secrets be read, which may write key policies or give grants on keys.
    ///
    /// # Why it matters
    ///
    /// It opens the key to whom it likes.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}]
    /// ```
    "ESC107" "reader-can-change-key", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in
        crate::ask::tampering::allowed(context, document, &["kms:PutKeyPolicy", "kms:CreateGrant"])
    {
        // With it set, only AWS itself may use the grant.
        let guarded = danger
            .statement
            .conditions
            .iter()
            .any(|condition| key(condition).eq_ignore_ascii_case("kms:GrantIsForAWSResource"));
        let Some(proof) = danger
            .probe
            .side_allows(context, document)
            .filter(|_| !guarded)
        else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "opens keys",
                format!("`{}` may open keys to whom it likes", document.object),
            )
            .because(danger.action)
            .help("kms:Decrypt, bound by `kms:ViaService`, is all that reading needs")
            .request(Some(proof));
        findings.add(draft);
    }
}
