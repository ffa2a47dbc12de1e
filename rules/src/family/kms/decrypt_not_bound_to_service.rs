//! KMS112 `decrypt-not-bound-to-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::tags::tag;
use crate::document::{
    Document, Owner, concern::reads_public_parameters, matches_action, named, resources,
};
use crate::finding::Findings;
use crate::rule::Severity;
use policy_engine::{policy::statement::Statement, service::ServiceProfile};

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with `kms:Decrypt` on every key of an account and
    /// without `kms:ViaService`.
    ///
    /// # Why it matters
    ///
    /// The role can decrypt any ciphertext under these keys with a direct call to KMS, including data of other services. Only
    /// the secrets require the permission.
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
    /// Require `kms:ViaService`, or name the key:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}}]
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
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
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
                "through any service",
                format!("`{}` can decrypt data of any key, also outside Secrets Manager and Parameter Store", document.object),
            )
            .because(danger.action)
            .request(Some(proof));
        let services = services(context, document);
        findings.add(if services.is_empty() {
            draft
                .severity(Severity::Info)
                .help("name the keys in `Resource`")
        } else {
            draft.help(help(danger.statement, &services))
        });
    }
}

/// The services whose values the role of a document reads, else the document itself.
fn services(context: &Context<'_>, document: &Document<'_>) -> Vec<&'static str> {
    let is_own = |other: &&Document<'_>| match (other.owner, document.owner) {
        (Owner::Role(other), Owner::Role(own)) => other.arn == own.arn,
        _ => std::ptr::eq(other.policy, document.policy),
    };
    let documents: Vec<_> = context.documents.iter().filter(is_own).collect();
    let reads = |profile: &&'static ServiceProfile| {
        let mut statements = documents.iter().flat_map(|own| own.allows());
        statements.any(|statement| {
            let mut values = profile.values.iter();
            !reads_public_parameters(statement)
                && values.any(|action| matches_action(statement, action))
        })
    };
    let profiles = ServiceProfile::mounted().filter(reads);
    profiles.map(|profile| profile.service).collect()
}

/// The change: only requests to KMS contain the key (docs/semantics.md#kms-keys-in-the-context).
fn help(statement: &Statement, services: &[&str]) -> String {
    let values: Vec<_> = services
        .iter()
        .map(|own| format!("\"{own}.*.amazonaws.com\""))
        .collect();
    let values = match values.as_slice() {
        [only] => only.clone(),
        all => format!("[{}]", all.join(", ")),
    };
    let bound = format!("\"StringLike\": {{\"kms:ViaService\": {values}}}");
    let element = statement.action.as_ref();
    let is_of_kms = element.is_some_and(|element| {
        let mut values = element.values.iter().map(|value| value.text.literal());
        !element.negated && values.all(|text| text.to_ascii_lowercase().starts_with("kms:"))
    });
    if is_of_kms {
        return format!("add to Condition: {bound}");
    }
    format!("allow kms:Decrypt in a statement of its own, with the condition {bound}")
}
