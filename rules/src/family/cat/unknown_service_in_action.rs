//! CAT105 `unknown-service-in-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags an action of a service that does not exist, and suggests the most similar service.
    ///
    /// # Why it matters
    ///
    /// IAM saves the policy without an error. The action never matches: an Allow gives no access, and a Deny protects
    /// nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the prefix of the service:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the most similar service, if a similar service exists.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT105" "unknown-service-in-action", High Break High,
    needs: [Policies, Catalog], aws: ["INVALID_SERVICE_IN_ACTION"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        for value in statement.action.iter().flat_map(|list| &list.values) {
            let Some((prefix, name)) = value.text.known().and_then(|text| text.split_once(':'))
            else {
                continue;
            };
            let plain = prefix
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !plain || prefix.is_empty() || context.catalog.service(prefix).is_some() {
                continue;
            }
            let message = format!("the service `{prefix}` does not exist");
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    value.origin,
                    "no such service",
                    message,
                )
                .because(value.text.literal());
            let draft = context.dated(draft);
            findings.add(match context.catalog.nearest_service(prefix) {
                Some(near) => draft
                    .help(format!("did you mean `{near}:{name}`?"))
                    .replace(Grade::Repair, format!("\"{near}:{name}\"")),
                None => draft,
            });
        }
    }
}
