//! PRN113 `roles-anywhere-actions`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, entries, is_allow, may_match_action};
use crate::finding::Findings;

rule! {
    /// Flags a trust policy for IAM Roles Anywhere that lacks at least one of `sts:AssumeRole`, `sts:SetSourceIdentity` and
    /// `sts:TagSession`.
    ///
    /// # Why it matters
    ///
    /// IAM Roles Anywhere uses all three permissions in one call. If one of them is missing, STS denies the call, and the
    /// workload gets no credentials.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow all three actions:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["rolesanywhere.amazonaws.com"]
    ///     }
    ///     actions = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
    ///     condition {
    ///       test     = "ArnEquals"
    ///       variable = "aws:SourceArn"
    ///       values   = ["arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html>
    "PRN113" "roles-anywhere-actions", High Break High,
    needs: [Policies], aws: ["MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.allows() {
        let mut entries = entries(statement);
        let anywhere =
            entries.any(|entry| entry.value.text.literal() == "rolesanywhere.amazonaws.com");
        let missing = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
            .into_iter()
            .find(|action| {
                !document
                    .statements()
                    .iter()
                    .any(|statement| is_allow(statement) && may_match_action(statement, action))
            });
        if let Some((missing, element)) =
            missing.zip(statement.action.as_ref()).filter(|_| anywhere)
        {
            let draft = document
                .in_statement(statement, element.origin, format!("{missing} is missing"), format!("IAM Roles Anywhere also requires {missing}"))
                .because(missing)
                .help("\"Action\": [\"sts:AssumeRole\", \"sts:SetSourceIdentity\", \"sts:TagSession\"]");
            findings.add(draft);
        }
    }
}
