//! SCT123 `secret-policy-session-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner};
use crate::finding::Findings;
use crate::world::roles::of_session;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags the ARN of a session as principal in the policy of a secret or key.
    ///
    /// # Why it matters
    ///
    /// EKS creates a new session name for each pod. The ARN of one session matches no later pod, so the mount fails after the
    /// next rollout.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/app/eks-prod-app-1234"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the role:
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "SCT123" "secret-policy-session-principal", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(
        (document.kind, document.owner),
        (PolicyType::Key, _) | (PolicyType::Resource, Owner::Secret(_))
    ) {
        return;
    }
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        let Some((head, rest)) = text.split_once(":assumed-role/") else {
            continue;
        };
        let role = of_session(context.inventory, head, rest);
        let draft = document
            .dead(
                statement,
                RULE.severity,
                entry.value.origin,
                "matches one session only",
                "the policy allows one session of a role, and each session has a new name",
            )
            .because(text)
            .help(format!("\"{role}\""));
        findings.add(draft);
    }
}
