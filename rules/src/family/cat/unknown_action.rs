//! CAT101 `unknown-action`.

use crate::catalog::Service;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions, matches_action};
use crate::finding::{Findings, Grade};
use crate::rule::Severity;
use crate::text::globs::has_wildcard;
use policy_engine::policy::statement::Statement;

rule! {
    /// Flags an action, or a pattern of actions, that does not exist in the service, and suggests the most similar action.
    ///
    /// # Why it matters
    ///
    /// IAM saves the policy without an error. The statement does not match the intended action: an Allow gives no access, and
    /// a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretsValue", "secretsmanager:DescribeSecret"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of the service reference:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the most similar name, if a similar name exists.
    ///
    /// # When to allow it
    ///
    /// If the action is newer than the catalog. The finding names the date of the catalog, and has severity medium if the
    /// catalog is old.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT101" "unknown-action", High Break High,
    properties: [NamesMistake], needs: [Policies, Catalog], aws: ["INVALID_ACTION"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        for value in statement.action.iter().flat_map(|list| &list.values) {
            let Some((prefix, name)) = value.text.known().and_then(|text| text.split_once(':'))
            else {
                continue;
            };
            let Some(service) = context
                .catalog
                .service(prefix)
                .filter(|_| !name.contains("${"))
            else {
                continue;
            };
            let exists = if has_wildcard(name) {
                service.covered(name).next().is_some()
            } else {
                service.action(name).is_some()
            };
            if exists {
                continue;
            }
            let message = if has_wildcard(name) {
                format!("no action of {prefix} matches `{name}`")
            } else {
                format!("{prefix} has no action `{name}`")
            };
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    value.origin,
                    "no such action",
                    message,
                )
                .because(name)
                .once(value.origin);
            let draft = context.dated(draft);
            // A pattern is written for several services, and one that matches nothing harms nothing beside others.
            let is_harmless = has_wildcard(name) && actions(statement).len() > 1;
            let draft = if is_harmless {
                draft.severity(Severity::Info)
            } else {
                draft
            };
            findings.add(match right(service, statement, prefix, name) {
                Some(near) => draft
                    .help(format!("did you mean `{prefix}:{near}`?"))
                    .replace(Grade::Repair, format!("\"{prefix}:{near}\"")),
                None if actions(statement).len() > 1 => {
                    draft.help(format!("remove `{prefix}:{name}` from the list"))
                }
                None => draft,
            });
        }
    }
}

/// Operations of an API whose permission has another name.
///
/// Amazon S3 User Guide, "Required permissions for Amazon S3 API operations"; AWS KMS Developer Guide, "AWS KMS permissions".
const OTHER_NAMES: [(&str, &str, &str); 7] = [
    ("s3", "ListObjects", "ListBucket"),
    ("s3", "ListObjectsV2", "ListBucket"),
    ("s3", "ListBuckets", "ListAllMyBuckets"),
    ("s3", "HeadObject", "GetObject"),
    ("s3", "HeadBucket", "ListBucket"),
    ("s3", "DeleteBucketTagging", "PutBucketTagging"),
    ("kms", "ReEncrypt", "ReEncrypt*"),
];

/// The action that was meant: by the table, else the only action that begins with the name, else the most similar action. What the
/// statement contains was not meant.
fn right(service: &Service, statement: &Statement, prefix: &str, name: &str) -> Option<String> {
    let mut table = OTHER_NAMES.iter();
    let known = table.find(|(own, operation, _)| {
        own.eq_ignore_ascii_case(prefix) && operation.eq_ignore_ascii_case(name)
    });
    let is_new = |near: &String| !matches_action(statement, &format!("{prefix}:{near}"));
    if let Some((.., right)) = known {
        return Some((*right).to_owned()).filter(is_new);
    }
    let pattern = format!("{name}*");
    let longer = || {
        let mut longer = service.covered(&pattern);
        let first = longer.next()?;
        longer.next().is_none().then(|| first.name.clone())
    };
    let is_plain = !has_wildcard(name);
    let longer = is_plain.then(longer).flatten().filter(is_new);
    longer.or_else(|| {
        service
            .nearest_action(name)
            .map(str::to_owned)
            .filter(is_new)
    })
}
