//! ORG102 `scp-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `Principal` or `NotPrincipal` in a service control policy.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, and the deployment fails. A condition on `aws:PrincipalArn` selects the callers.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Principal": "*", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the element:
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     effect = "Deny"
    ///     actions   = ["kms:ScheduleKeyDeletion"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "ORG102" "scp-principal", High Break High,
    needs: [Policies], aws: ["SCP_SYNTAX_ERROR_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind == PolicyType::Scp {
        findings.extend(mistakes(document, &RULE, &[Mistake::ForeignPrincipal]));
    }
}
