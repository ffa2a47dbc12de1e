//! TAG123 `tag-condition-on-list-action`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::is_positive;
use crate::document::tags::{Tag, tag};
use crate::document::{Document, actions};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags actions that carry no tag of an object, allowed under a test of one: `BatchGetSecretValue`, `ListSecrets`,
    /// `GetParametersByPath`, `DescribeParameters`.
    ///
    /// # Why it matters
    ///
    /// They are refused. `GetSecretValue` alone works, which hides it until an application asks for many at once.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"], "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*"},
    ///  {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///   "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]
    /// ```
    "TAG123" "tag-condition-on-list-action", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const UNTAGGED: [&str; 4] = [
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:ListSecrets",
    "ssm:GetParametersByPath",
    "ssm:DescribeParameters",
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Identity {
        return;
    }
    for statement in document.allows() {
        let condition = statement.conditions.iter().find(|condition| {
            condition.parsed.is_some_and(is_positive)
                && matches!(tag(condition), Some(Tag::Resource(_)))
        });
        let Some(condition) = condition else { continue };
        for value in actions(statement) {
            let Some(action) = UNTAGGED
                .iter()
                .find(|name| name.eq_ignore_ascii_case(value.text.literal()))
            else {
                continue;
            };
            let probe = Probe::meeting(document, statement, action, |condition| {
                matches!(tag(condition), Some(Tag::Resource(_)))
            });
            let Some(proof) = probe.and_then(|probe| probe.on("*").refused(context, document))
            else {
                continue;
            };
            let draft = document
                .in_statement(
                    statement,
                    value.origin,
                    "carries no tag of an object",
                    format!("{action} is never allowed under a test of an object's tag"),
                )
                .because(*action)
                .related(condition.key.origin, "this tag")
                .help(format!("allow {action} on `*` in a statement of its own"))
                .request(Some(proof))
                .once(statement.origin);
            findings.add(draft);
        }
    }
}
