//! CAT120 `action-without-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an action without a service, or with more than one colon.
    ///
    /// # Why it matters
    ///
    /// An action has the form `service:Action`, or is `*`. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the service before the action:
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
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT120" "action-without-service", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let drafts = mistakes(document, &RULE, &[Mistake::ActionShape]);
    // A variable in an action has a rule of its own.
    findings.extend(
        drafts
            .into_iter()
            .filter(|draft| !draft.message.contains("${")),
    );
}
