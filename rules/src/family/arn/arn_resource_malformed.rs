//! ARN106 `arn-resource-malformed`.

use crate::catalog::wildcards;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions, arns::Named};
use crate::finding::Findings;
use crate::text::arn_forms::{filled, typed};
use crate::text::globs::overlap;

rule! {
    /// Flags an ARN whose last part matches no resource type of its service.
    ///
    /// # Why it matters
    ///
    /// No resource has such an ARN, so the statement matches nothing: an Allow gives no access, and a Deny protects nothing.
    /// A missing `secret:` or `key/` is the most frequent form of the mistake.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:db-AbCdEf"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the resource type before the name:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "ARN106" "arn-resource-malformed", High Break High,
    needs: [Policies, Catalog], aws: ["INVALID_ARN_RESOURCE"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let prefix = arn.field(2);
        let Some(forms) = arn.forms(context.catalog).filter(|_| arn.fields.len() == 6) else {
            continue;
        };
        // The findings about parameters and about capitals are more precise.
        // AWS CloudFormation User Guide, "AWS::Include transform": `arn:aws:cloudformation:us-east-1:aws:transform/Include`.
        let is_macro = prefix == "cloudformation" && arn.field(5).starts_with("transform/");
        let other =
            is_macro || prefix == "ssm" || prefix.bytes().any(|byte| byte.is_ascii_uppercase());
        if !forms.is_none() || other || is_foreign(context, prefix, arn.field(5)) {
            continue;
        }
        let message = format!("`{}` is not a resource type of {prefix}", arn.field(5));
        let draft = document
            .dead(
                arn.statement,
                RULE.severity,
                arn.value.origin,
                "matches nothing",
                message,
            )
            .because(arn.text)
            .once(arn.statement.origin);
        findings.add(match right(context, arn) {
            Some(right) => draft.help(format!("write \"{right}\"")),
            None => draft.help(format!("write the ARN in a form of {prefix}")),
        });
    }
}

/// The ARN with the resource type: as its last part states it, else that of the actions of the statement, else the only type of the service.
fn right(context: &Context<'_>, arn: &Named<'_>) -> Option<String> {
    let (service, own) = (arn.field(2), arn.field(5));
    if let Some(last) = typed(service, own) {
        let head = arn.text.strip_suffix(own)?;
        return Some(format!("{head}{last}"));
    }
    let service = context.catalog.service(service)?;
    let names = actions(arn.statement).iter();
    let names = names.filter_map(|action| action.text.known()?.split_once(':'));
    let names = names.filter_map(|(_, name)| service.action(name));
    let mut types = names.flat_map(|action| &action.resources);
    let wanted = types.find_map(|(wanted, _)| {
        let mut resources = service.resources.iter();
        resources.find(|resource| resource.name == *wanted)
    });
    let only = match service.resources.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let form = &wanted.or(only)?.arn;
    Some(filled(form, &arn.fields))
}

/// Whether a resource type of another service has such ARNs.
fn is_foreign(context: &Context<'_>, prefix: &str, own: &str) -> bool {
    let own = wildcards(own);
    let mut named = context.catalog.resources_named(prefix).iter();
    named.any(|rest| overlap(rest, &own))
}
