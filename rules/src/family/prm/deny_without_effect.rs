//! PRM211 `deny-without-effect`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::contradiction;
use crate::document::{Document, Owner, actions, resources};
use crate::finding::{Draft, Findings};
use crate::text::globs::overlap;
use policy_engine::policy::statement::Statement;
use policy_engine::service::ServiceProfile;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a Deny that no request can match: two conditions on one key exclude each other, the policy of a secret or key
    /// names another resource, or an action belongs to a service whose ARNs the statement does not contain.
    ///
    /// # Why it matters
    ///
    /// The Deny looks like a protection, but denies no request. CAT101, CAT102 and ARN106 report an action, key or ARN that
    /// does not exist.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "true"}, "StringEquals": {"aws:ResourceTag/team": "a"}}}
    /// ```
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, "DateGreaterThan": {"aws:CurrentTime": "2026-06-01T00:00:00Z"}}}
    /// ```
    ///
    /// ```json secret
    /// {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:444455556666:secret:qa/db-??????"}
    /// ```
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "arn:aws:secretsmanager:us-east-1:444455556666:secret:qa/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the condition that excludes the other one, or write the resource of the policy:
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "true"}}}
    /// ```
    ///
    /// ```json secret
    /// {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "Null"
    ///       variable = "aws:ResourceTag/team"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    "PRM211" "deny-without-effect", Medium Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.denies() {
        let draft = contradicts(document, statement)
            .or_else(|| names_another(document, statement))
            .or_else(|| mixes_services(document, statement));
        findings.extend(draft);
    }
}

/// Two tests that exclude each other.
fn contradicts(document: &Document<'_>, statement: &Statement) -> Option<Draft> {
    let (asked, opposite) = contradiction::find(statement)?;
    let name = key(asked);
    let message =
        format!("two conditions on `{name}` exclude each other, so this Deny never matches");
    let draft = document
        .in_statement(
            statement,
            opposite.key.origin,
            "never matches together with the other",
            message,
        )
        .because(name)
        .related(asked.key.origin, "the other condition")
        .help("split the conditions into two statements");
    Some(draft)
}

/// A policy of a secret or key that denies on another one.
fn names_another(document: &Document<'_>, statement: &Statement) -> Option<Draft> {
    let arn = match document.owner {
        Owner::Secret(secret) => &secret.arn,
        Owner::Key(key) => &key.arn,
        Owner::Role(_) | Owner::Other | Owner::Nothing => return None,
    };
    let own = arn.known()?;
    let service = Arn::parse(own)?.service;
    let values = resources(statement);
    let other = |text: &str| {
        // CAT108 reports another service's ARN, a replica has the primary's with another region.
        let same = Arn::parse(text).is_some_and(|arn| arn.service == service);
        let (theirs, mine) = (without_region(text), without_region(own));
        same && !text.contains("${") && !overlap(&theirs, &mine)
    };
    let all = values
        .iter()
        .all(|value| value.text.known().is_some_and(other));
    let first = values.first().filter(|_| all)?;
    let message = format!(
        "this Deny never applies to `{}`: no `Resource` pattern matches it",
        document.object
    );
    let draft = document
        .in_statement(
            statement,
            first.origin,
            "does not match the object",
            message,
        )
        .because(first.text.literal())
        .help("write \"*\", which matches only this object here");
    Some(draft)
}

fn without_region(arn: &str) -> String {
    let parts = arn.splitn(6, ':').enumerate();
    let parts = parts.map(|(at, part)| if at == 3 { "" } else { part });
    parts.collect::<Vec<_>>().join(":")
}

/// Actions of one service on ARNs of others.
fn mixes_services(document: &Document<'_>, statement: &Statement) -> Option<Draft> {
    if !document.is_identity() {
        return None;
    }
    let (acts, values) = (actions(statement), resources(statement));
    let services: Option<Vec<_>> = values
        .iter()
        .map(|value| Some(Arn::parse(value.text.known()?)?.service))
        .collect();
    let services = services.filter(|list| !list.is_empty())?;
    let foreign = |text: &str| {
        let service = text.split(':').next().unwrap_or("*");
        let simple = is_plain(service);
        simple
            && services
                .iter()
                .all(|name| is_plain(name) && *name != service)
    };
    let all = acts
        .iter()
        .all(|value| value.text.known().is_some_and(foreign));
    let first = acts.first().filter(|_| all)?;
    let message = format!("no request for `{}` has one of these resources", first.text);
    let draft = document
        .in_statement(
            statement,
            first.origin,
            "an action of another service",
            message,
        )
        .because(first.text.literal())
        .related(values.first()?.origin, "the resources")
        .help("write ARNs of the service of the action, or `*`");
    Some(draft)
}

/// Whether requests with the actions of a service have ARNs of that service only.
fn is_plain(service: &str) -> bool {
    ServiceProfile::ALL
        .iter()
        .any(|profile| profile.service == service)
}
