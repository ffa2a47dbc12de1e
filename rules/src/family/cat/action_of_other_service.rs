//! CAT106 `action-of-other-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a resource policy with actions of a service to which the resource does not belong.
    ///
    /// # Why it matters
    ///
    /// No request with such an action reaches this resource, so the action has no effect. The read of an encrypted secret,
    /// for example, also requires `kms:Decrypt` in the key policy, not in the policy of the secret.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep the actions of the resource's service:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
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
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT106" "action-of-other-service", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_ACTION_IN_POLICY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let Some(own) = service(document) else { return };
    for statement in document.statements() {
        for action in actions(statement) {
            let text = action.text.literal();
            let Some((service, _)) = text.split_once(':') else {
                continue;
            };
            if service.eq_ignore_ascii_case(own) || service.contains(['*', '?']) {
                continue;
            }
            let message = format!("`{text}` is not an action of {own}");
            findings.add(
                document
                    .dead(
                        statement,
                        RULE.severity,
                        action.origin,
                        "no request for this resource has this action",
                        message,
                    )
                    .because(text)
                    .help("remove the action, or move it to an identity policy of the caller")
                    .once(statement.origin),
            );
        }
    }
}

/// The service of the resource to which a policy is attached.
fn service(document: &Document<'_>) -> Option<&'static str> {
    match document.kind {
        PolicyType::Trust => Some("sts"),
        _ => Some(document.service()?.service),
    }
}
