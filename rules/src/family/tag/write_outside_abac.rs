//! TAG127 `write-outside-abac`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::document::{Document, actions, covers, is_allow, named};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::Written;

rule! {
    /// Flags a policy with a condition on tags for reading secrets, but not for changing or deleting them.
    ///
    /// # Why it matters
    ///
    /// A tenant cannot read the secrets of another tenant, but can overwrite or delete them. An overwritten credential can
    /// also send the other tenant's application to a server of the attacker.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///   "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:PutSecretValue", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the condition for the write actions as well:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], "Resource": "*",
    ///   "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "TAG127" "write-outside-abac", Medium Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const CHANGES: [&str; 4] = [
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecret",
    "secretsmanager:DeleteSecret",
    "secretsmanager:UpdateSecretVersionStage",
];

/// Actions for which ESC101, ESC103, ESC106 and ESC109 report a pattern.
const REPORTED: [&str; 4] = [
    "secretsmanager:TagResource",
    "secretsmanager:UntagResource",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:RotateSecret",
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let careful = reading(document).find_map(|(statement, _)| {
        statement
            .conditions
            .iter()
            .find(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
    });
    let Some(test) = careful.filter(|_| document.kind == PolicyType::Identity) else {
        return;
    };
    for statement in document.statements().iter().filter(|statement| {
        is_allow(statement) && !crate::document::grants::is_administrator(statement)
    }) {
        let Some(action) = named(statement, &CHANGES) else {
            continue;
        };
        let allows_more = |value: &&Written| REPORTED.iter().any(|other| covers(value, other));
        let Some(value) = actions(statement)
            .iter()
            .find(|value| covers(value, action) && !allows_more(value))
        else {
            continue;
        };
        let probe = Probe::meeting(document, statement, action, |_| false)
            .map(|probe| probe.with(key(test), "another-tenant"));
        let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                value.origin,
                "without the tag condition",
                format!("{action} is allowed on secrets of other tenants"),
            )
            .because(action)
            .related(test.key.origin, "read actions have this condition")
            .help("add the same condition to this statement")
            .request(Some(proof));
        findings.add(draft);
    }
}
