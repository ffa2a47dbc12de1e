//! ORG106 `rcp-action-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an action of a service that resource control policies do not support, or the action `*`.
    ///
    /// # Why it matters
    ///
    /// The statement has no effect on this service. Resource control policies apply to Secrets Manager, KMS and STS, but not
    /// to Parameter Store.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "ssm:GetParameter", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write an action of a supported service:
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     effect = "Deny"
    ///     principals {
    ///       type        = "*"
    ///       identifiers = ["*"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "Bool"
    ///       variable = "aws:SecureTransport"
    ///       values   = ["false"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html>
    "ORG106" "rcp-action-service", High Break High,
    needs: [Policies, Catalog], aws: ["RCP_SYNTAX_ERROR_ACTION"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Rcp {
        return;
    }
    findings.extend(mistakes(document, &RULE, &[Mistake::RcpEveryAction]));
    for statement in document.statements() {
        for action in actions(statement) {
            let text = action.text.literal();
            let service = text
                .split_once(':')
                .and_then(|(prefix, _)| context.catalog.service(prefix));
            let Some(service) = service.filter(|service| !service.rcp) else {
                continue;
            };
            let draft = document
                .in_statement(
                    statement,
                    action.origin,
                    "not a service of RCPs",
                    format!("resource control policies do not apply to {}", service.name),
                )
                .because(text)
                .help("remove the action, or restrict its callers with a service control policy")
                .once(statement.origin);
            findings.add(draft);
        }
    }
}
