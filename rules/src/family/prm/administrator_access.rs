//! PRM209 `administrator-access`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, actions};
use crate::finding::Findings;
use crate::rule::Severity;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags an Allow of all actions on all resources.
    ///
    /// # Why it matters
    ///
    /// A principal with this policy can read every secret of the account and change every policy. No other policy in the
    /// account limits it, except a Deny.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the actions and resources that are required:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
    "PRM209" "administrator-access", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Identity {
        return;
    }
    for statement in document.allows() {
        let star = actions(statement)
            .iter()
            .find(|value| matches!(value.text.literal(), "*" | "*:*"));
        let Some(star) = star.filter(|_| {
            crate::document::grants::is_administrator(statement) && statement.conditions.is_empty()
        }) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                star.origin,
                "everything",
                format!(
                    "`{}` can call every action on every resource",
                    document.object
                ),
            )
            .help("list the actions that the role uses");
        // AWS and its guides use the same document as a control policy, and as a boundary.
        let draft = match document.owner {
            Owner::Nothing => draft
                .severity(Severity::Info)
                .note("no role of this world has the policy"),
            _ => draft,
        };
        findings.add(draft);
    }
}
