//! ESC102 `retag-guard-half`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::tags::tag;
use crate::finding::Findings;

rule! {
    /// Flags a permission to tag secrets that tests the old tag or the new one, and not both.
    ///
    /// # Why it matters
    ///
    /// With a test of the new tag only, it claims what belongs to others. With a test of the old one only, it gives its own away,
    /// or labels it as another tenant's.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}", "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
    /// ```
    "ESC102" "retag-guard-half", Critical Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(
        context,
        document,
        &["secretsmanager:TagResource", "ssm:AddTagsToResource"],
    ) {
        let Some(guard) = danger
            .statement
            .conditions
            .iter()
            .find(|condition| tag(condition).is_some())
        else {
            continue;
        };
        let (old, new) = (
            "aws:ResourceTag/kubernetes-namespace",
            "aws:RequestTag/kubernetes-namespace",
        );
        let claims = danger
            .probe
            .clone()
            .with(old, "another-tenant")
            .with(new, "dev")
            .allowed(context, document);
        let gives = danger
            .probe
            .with(old, "dev")
            .with(new, "another-tenant")
            .allowed(context, document);
        let Some(proof) = claims.or(gives) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                guard.key.origin,
                "only this side is tested",
                format!("`{}` may change whose secret it is", document.object),
            )
            .because(danger.action)
            .related(danger.place, "this action")
            .help("test both the tag that is there and the tag that is set")
            .request(Some(proof));
        findings.add(draft);
    }
}
