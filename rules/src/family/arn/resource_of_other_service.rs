//! ARN112 `resource-of-other-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, named, resources};
use crate::finding::Findings;
use policy_engine::policy::{PolicyType, statement::Statement};

rule! {
    /// Flags a statement that allows reading secrets or parameters, or decrypting, if `Resource` contains only ARNs of other services.
    ///
    /// # Why it matters
    ///
    /// An action of Secrets Manager applies to secrets only, and `kms:Decrypt` to keys only. The statement never allows the action,
    /// although AWS accepts the policy, and a mount that depends on it fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow each action on resources of its service, in a statement of its own:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html>
    "ARN112" "resource-of-other-service", High Break High,
    properties: [NamesMistake], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

/// The service, its action, and the form of its resources.
const SERVICES: [(&str, &str, &str); 3] = [
    (
        "secretsmanager",
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-??????",
    ),
    (
        "ssm",
        "ssm:GetParameters",
        "arn:aws:ssm:REGION:ACCOUNT:parameter/NAME",
    ),
    ("kms", "kms:Decrypt", "arn:aws:kms:REGION:ACCOUNT:key/ID"),
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Identity {
        return;
    }
    for statement in document.allows() {
        let Some(services) = services(statement) else {
            continue;
        };
        let own = SERVICES.iter().find(|(service, action, _)| {
            names_service(statement, service)
                && named(statement, &[*action]).is_some()
                && !services.contains(service)
        });
        let (Some((_, action, form)), Some(first)) = (own, resources(statement).first()) else {
            continue;
        };
        let message = format!(
            "the statement never allows {action}: `Resource` contains only resources of {}",
            services.join(", ")
        );
        let draft = document
            .in_statement(statement, first.origin, "of another service", message)
            .because(*action)
            .help(format!(
                "allow {action} in a statement of its own with \"Resource\": \"{form}\""
            ));
        findings.add(draft);
    }
}

/// The services of the resources of a statement; `None` if a resource can be of any service.
fn services(statement: &Statement) -> Option<Vec<&str>> {
    let element = statement
        .resource
        .as_ref()
        .filter(|element| !element.negated)?;
    let services = element.values.iter().map(|value| {
        let service = value
            .text
            .literal()
            .strip_prefix("arn:")?
            .split(':')
            .nth(1)?;
        let is_plain =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        (!service.is_empty() && service.chars().all(is_plain)).then_some(service)
    });
    let mut services = services.collect::<Option<Vec<_>>>()?;
    services.dedup();
    (!services.is_empty()).then_some(services)
}

/// Whether a statement names actions of a service, and not only a pattern for every service.
fn names_service(statement: &Statement, service: &str) -> bool {
    let element = statement.action.as_ref().filter(|element| !element.negated);
    element.is_some_and(|element| {
        let mut values = element.values.iter().map(|value| value.text.literal());
        values.any(|text| {
            text.to_ascii_lowercase()
                .starts_with(&format!("{service}:"))
        })
    })
}
