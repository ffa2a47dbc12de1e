//! ESC104 `plant-foreign-secret`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::tags::{isolates, reading};
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that lets secrets be read, which may make secrets with the tags of others.
    ///
    /// # Why it matters
    ///
    /// It makes a secret in another tenant's name, and that tenant's pod may mount it.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:CreateSecret", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:CreateSecret", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
    /// ```
    "ESC104" "plant-foreign-secret", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    // Only where tags keep tenants apart does it matter with which tags a secret is made.
    if !reading(document).any(|(statement, _)| statement.conditions.iter().any(isolates)) {
        return;
    }
    for danger in
        crate::ask::tampering::allowed(context, document, &["secretsmanager:CreateSecret"])
    {
        let probe = danger
            .probe
            .with("aws:RequestTag/kubernetes-namespace", "another-tenant");
        let Some(proof) = probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "with any tags",
                format!(
                    "`{}` may make secrets in another tenant's name",
                    document.object
                ),
            )
            .because(danger.action)
            .help("test `aws:RequestTag/kubernetes-namespace`")
            .request(Some(proof));
        findings.add(draft);
    }
}
