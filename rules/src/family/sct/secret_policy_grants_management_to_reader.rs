//! SCT125 `secret-policy-grants-management-to-reader`.

use crate::ask::probe::{Probe, SESSION_TAGS, principal_of, session_of};
use crate::ask::tampering::place_of;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{is_positive, key, literal_values};
use crate::document::{Document, Owner, entries, matches_action};
use crate::finding::{Findings, Fix, Grade, Proof};
use crate::text::globs::includes;
use policy_engine::evaluator::Decision;
use policy_engine::policy::statement::{Condition, PrincipalEntry, PrincipalKind, Statement};
use policy_engine::request::{Action, ContextValue, Principal};
use policy_engine::service::SECRETS_MANAGER;
use policy_engine::text::Text;

rule! {
    /// Flags the policy of a secret that allows a reading role to change the policy, the tags or the value of the secret.
    ///
    /// # Why it matters
    ///
    /// With `secretsmanager:PutResourcePolicy` the reader can allow any principal to read the secret. With the other write
    /// actions it can change the tags on which other policies depend, or replace the value.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read actions:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Safe: replaces the actions by those of a reader.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "SCT125" "secret-policy-grants-management-to-reader", High Leak High,
    needs: [Policies], aws: [], fix: Some(Grade::Safe), Check::Document(check);
}

/// The actions that change the policy and the tags of a secret, or its value through its attributes.
const MANAGES: [&str; 5] = [
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:TagResource",
    "secretsmanager:UpdateSecret",
    "secretsmanager:DeleteResourcePolicy",
    "secretsmanager:UntagResource",
];
/// The actions of a reader, as a list.
const READS: &str = r#"["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]"#;
/// The actions with which a function rotates the secrets that it reads; a pod does not.
const ROTATES: [&str; 2] = [
    "secretsmanager:PutSecretValue",
    "secretsmanager:RotateSecret",
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(document.owner, Owner::Secret(_)) {
        return;
    }
    for statement in document.allows() {
        let mut changes = MANAGES.into_iter().chain(ROTATES);
        let granted = changes.find_map(|action| {
            let place =
                place_of(statement, action).filter(|_| matches_action(statement, action))?;
            let mut readers = entries(statement).flat_map(|entry| {
                let roles = named_roles(context, statement, entry).into_iter();
                roles.map(move |role| (entry, role))
            });
            let (entry, proof) = readers.find_map(|(entry, role)| {
                let proof = manages(context, document, (statement, action), &role)?;
                Some((entry, proof))
            })?;
            Some((action, place, entry, proof))
        });
        let Some((action, place, role, proof)) = granted else {
            continue;
        };
        let message = format!(
            "the policy of `{}` also allows its reader {action}",
            document.object
        );
        let draft = document
            .in_statement(statement, place, "more than read actions", message)
            .because(action)
            .related(role.value.origin, "this role")
            .help("write \"Action\": [\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"]")
            .request(Some(proof));
        let element = statement.action.as_ref().filter(|element| !element.negated);
        findings.add(match element {
            Some(element) => draft.fix(Fix {
                grade: Grade::Safe,
                edits: vec![(element.origin, READS.to_owned())],
            }),
            None => draft,
        });
    }
}

/// The roles that an entry names: by their ARN, or everyone whose ARN a condition on `aws:PrincipalArn` matches.
fn named_roles(
    context: &Context<'_>,
    statement: &Statement,
    entry: &PrincipalEntry,
) -> Vec<Principal> {
    let text = entry.value.text.literal();
    if text.contains(":role/") {
        return principal_of(&entry.value.text).into_iter().collect();
    }
    if entry.kind != PrincipalKind::Everyone && text != "*" {
        return Vec::new();
    }
    let is_arn = |own: &&Condition| {
        own.parsed.is_some_and(is_positive) && key(own).eq_ignore_ascii_case("aws:PrincipalArn")
    };
    let narrowing = statement.conditions.iter().filter(is_arn);
    let patterns: Vec<_> = narrowing.flat_map(literal_values).collect();
    let roles = context.inventory.roles.iter().map(|role| &role.arn);
    let matching = roles.filter(|arn| patterns.iter().any(|(text, _)| includes(text, arn)));
    matching.map(session_of).collect()
}

/// A request of a reader that the policy of the secret allows.
fn manages(
    context: &Context<'_>,
    document: &Document<'_>,
    (statement, action): (&Statement, &str),
    reader: &Principal,
) -> Option<Proof> {
    let mut roles = context.inventory.roles.iter();
    let known = roles.find(|own| session_of(&own.arn) == *reader);
    let rotates = ROTATES.contains(&action);
    if rotates && !known.is_some_and(|role| context.pods.serve(role)) {
        return None;
    }
    if !reads(context, document, reader) {
        return None;
    }
    let probe = Probe::meeting(document, statement, action, |_| false)?;
    let probe = probe.by(reader.clone()).without("aws:PrincipalArn");
    probe.resource_allows(context, document)
}

/// Whether a role can read the secret: by its policy, or by the policies of the role.
fn reads(context: &Context<'_>, document: &Document<'_>, role: &Principal) -> bool {
    SECRETS_MANAGER.read.iter().all(|read| {
        let mut statements = document.allows().filter(|own| matches_action(own, read));
        let by_secret = statements.any(|own| {
            let probe = Probe::meeting(document, own, read, |_| false);
            let probe = probe.map(|probe| probe.by(role.clone()).without("aws:PrincipalArn"));
            probe.is_some_and(|probe| probe.resource_allows(context, document).is_some())
        });
        by_secret || reads_by_identity(context, document, role, read)
    })
}

fn reads_by_identity(
    context: &Context<'_>,
    document: &Document<'_>,
    role: &Principal,
    read: &str,
) -> bool {
    let (Owner::Secret(secret), Some(action)) = (document.owner, Action::new(read)) else {
        return false;
    };
    let tags = SESSION_TAGS.iter().map(|(tag, value)| {
        let value = ContextValue::Single(Text::fixed(value));
        (format!("aws:PrincipalTag/{tag}"), value)
    });
    let tags: Vec<_> = tags.collect();
    let arn = secret.arn.to_string();
    let call = context
        .simulator
        .ask(role.clone(), action, &arn, &tags, context.other);
    call.outcome.decision == Decision::Allow
}
