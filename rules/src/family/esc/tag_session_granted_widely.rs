//! ESC112 `tag-session-granted-widely`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, resources, speaks_of};
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets secrets be read, which may assume any role with any tags.
    ///
    /// # Why it matters
    ///
    /// It is the other half of a trust policy that lets the whole account in.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "arn:aws:iam::444455556666:role/reader"}]
    /// ```
    "ESC112" "tag-session-granted-widely", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, &["sts:TagSession"]) {
        let any = resources(danger.statement)
            .iter()
            .any(|value| matches!(value.text.literal().rsplit(":role/").next(), Some("*")));
        let probe = danger
            .probe
            .with("aws:RequestTag/kubernetes-namespace", "another-tenant")
            .with("aws:TagKeys", "kubernetes-namespace");
        let Some(proof) = probe
            .side_allows(context, document)
            .filter(|_| any && speaks_of(danger.statement, "sts:AssumeRole"))
        else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "any role, any tags",
                format!("`{}` may assume any role with any tags", document.object),
            )
            .because(danger.action)
            .help("name the roles in `Resource`")
            .request(Some(proof));
        findings.add(draft);
    }
}
