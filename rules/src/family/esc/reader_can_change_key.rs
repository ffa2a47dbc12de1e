//! ESC107 `reader-can-change-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{is_positive, key};
use crate::document::tags::reading;
use crate::document::{Document, Owner, resources};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::text::globs::includes;
use policy_engine::policy::statement::{Statement, Written};
use policy_engine::service::KMS;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to change key policies or create
    /// grants.
    ///
    /// # Why it matters
    ///
    /// A pod with `kms:PutKeyPolicy` or `kms:CreateGrant` can allow any principal to decrypt with the key, including
    /// principals of other accounts. The encryption then protects the secrets from nobody who can read them.
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
    /// Allow only `kms:Decrypt`, and require the service:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"]
    ///   }
    ///
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:us-east-1:111122223333:key/*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.us-east-1.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>
    "ESC107" "reader-can-change-key", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

/// AWS KMS Developer Guide, "Policy conditions", `kms:GrantIsForAWSResource`.
const FOR_AWS: &str = "allow kms:CreateGrant only with \"Bool\": {\"kms:GrantIsForAWSResource\": \"true\"}, in a statement of its own";

/// Whether the role of a document reads values, or its statement is about a key that encrypts some.
fn concerns_values(context: &Context<'_>, document: &Document<'_>, statement: &Statement) -> bool {
    let Owner::Role(role) = document.owner else {
        return true;
    };
    let is_own = |own: &&Document<'_>| {
        let mut roles = own.sharing.iter().copied();
        matches!(own.owner, Owner::Role(other) if other.arn == role.arn)
            || roles.any(|other| other.arn == role.arn)
    };
    let mut own = context.documents.iter().filter(is_own);
    let Some(keys) = context.keys_of_values() else {
        return true;
    };
    let is_of_key = |resource: &Written| {
        let pattern = resource.text.known();
        pattern.is_none_or(|pattern| keys.iter().any(|key| includes(pattern, key)))
    };
    own.any(|own| reading(own).next().is_some()) || resources(statement).iter().any(is_of_key)
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, KMS.shares) {
        // With the first set, only AWS itself may use the grant; with the second, a service makes the request, and no other action of the list
        // comes from a service.
        let guarded = danger.statement.conditions.iter().any(|condition| {
            let name = key(condition);
            name.eq_ignore_ascii_case("kms:GrantIsForAWSResource")
                || name.eq_ignore_ascii_case("kms:ViaService")
                    && condition.parsed.is_some_and(is_positive)
        });
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
                "changes access to keys",
                format!(
                    "`{}` can give any principal access to keys",
                    document.object
                ),
            )
            .because(danger.action)
            .request(Some(proof));
        findings.add(if concerns_values(context, document, danger.statement) {
            draft.help(danger.remedy("remove the action; a reader needs only kms:Decrypt with a condition on `kms:ViaService`"))
        } else {
            draft
                .severity(Severity::Info)
                .note("the role reads no secret and no parameter, and no key of theirs")
                .help(danger.remedy(if danger.action == "kms:CreateGrant" {
                    FOR_AWS
                } else {
                    "remove the action"
                }))
        });
    }
}
