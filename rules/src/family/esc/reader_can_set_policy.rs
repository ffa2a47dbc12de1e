//! ESC106 `reader-can-set-policy`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets secrets be read, which may write the policies of secrets.
    ///
    /// # Why it matters
    ///
    /// It lets in itself, or the world; within one account the secret's own policy alone is enough.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutResourcePolicy"], "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/*"}
    /// ```
    "ESC106" "reader-can-set-policy", Critical Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(
        context,
        document,
        &[
            "secretsmanager:PutResourcePolicy",
            "secretsmanager:DeleteResourcePolicy",
        ],
    ) {
        let Some(proof) = danger.probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(danger.statement, danger.place, "writes policies", format!("`{}` may write the policies of the secrets it reads", document.object))
            .because(danger.action)
            .help("list the actions that read: secretsmanager:GetSecretValue, secretsmanager:DescribeSecret")
            .request(Some(proof));
        findings.add(draft);
    }
}
