//! TAG129 `tag-condition-spans-kms`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::is_positive;
use crate::document::tags::{Tag, reading, tag};
use crate::document::{Document, actions, covers};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;

rule! {
    /// Flags `kms:Decrypt` in the same statement as a read of secrets, with a condition on a resource tag that the key does
    /// not have.
    ///
    /// # Why it matters
    ///
    /// For `kms:Decrypt` the resource is the key, so AWS compares the tags of the key. The condition does not match, AWS
    /// denies the decryption, and the read fails with an error about KMS.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow `kms:Decrypt` in a statement of its own:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///   "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    ///
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringLike"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.*.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    "TAG129" "tag-condition-spans-kms", High Break High,
    properties: [NamesMistake], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, _) in reading(document) {
        let decrypt = actions(statement)
            .iter()
            .find(|value| !has_wildcard(value.text.literal()) && covers(value, "kms:Decrypt"));
        let condition = statement.conditions.iter().find(|condition| {
            condition.parsed.is_some_and(is_positive)
                && matches!(tag(condition), Some(Tag::Resource(_)))
        });
        let Some((decrypt, condition)) = decrypt.zip(condition) else {
            continue;
        };
        let Some(Tag::Resource(name)) = tag(condition) else {
            continue;
        };
        let tagged = context.inventory.keys.iter().any(|key| {
            let mut tags = key.tags.list.iter();
            tags.any(|tag| tag.key.value.eq_ignore_ascii_case(name)) || !key.tags.is_settled()
        });
        let probe = Probe::meeting(document, statement, "kms:Decrypt", |condition| {
            matches!(tag(condition), Some(Tag::Resource(_)))
        });
        let Some(proof) = probe
            .and_then(|probe| probe.refused(context, document))
            .filter(|_| !tagged)
        else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                decrypt.origin,
                "tests the tag of the key",
                format!("no key has `{name}`, so the statement does not allow kms:Decrypt"),
            )
            .because(name)
            .related(condition.key.origin, "this tag")
            .help("allow kms:Decrypt in its own statement, with a condition on `kms:ViaService`")
            .request(Some(proof));
        findings.add(draft);
    }
}
