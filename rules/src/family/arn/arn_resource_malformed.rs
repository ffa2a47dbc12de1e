//! ARN106 `arn-resource-malformed`.

use crate::catalog::wildcards;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
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
        let own = context.catalog.service(prefix);
        let shapes: Vec<_> = own
            .into_iter()
            .flat_map(|service| &service.resources)
            .map(|resource| resource.arn.as_str())
            .collect();
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
        findings.add(match shapes.as_slice() {
            [] => draft,
            [only] => draft.help(format!("write the resource as {only}")),
            [first, ..] => draft.help(format!(
                "write the resource as {first}, or in one of {} other forms",
                shapes.len() - 1
            )),
        });
    }
}

/// Whether a resource type of another service has such ARNs.
fn is_foreign(context: &Context<'_>, prefix: &str, own: &str) -> bool {
    let own = wildcards(own);
    let mut named = context.catalog.resources_named(prefix).iter();
    named.any(|rest| overlap(rest, &own))
}
