//! XAC108 `scp-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a service control policy that denies, or does not allow, the actions of a pod's mounts.
    ///
    /// # Why it matters
    ///
    /// A service control policy limits every role of the account, whatever the role's own policies allow. The policies in the
    /// account look complete, and only an administrator of the organization can change the denying statement.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            - Effect: Deny
    /// -            Action: organizations:LeaveOrganization
    /// +            Action: secretsmanager:GetSecretValue
    ///              Resource: "*"
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the action from the Deny, or except the pod's role with a condition:
    ///
    /// ```yaml
    /// - Effect: Deny
    ///   Action: organizations:LeaveOrganization
    ///   Resource: "*"
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "stay" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["organizations:LeaveOrganization"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
    "XAC108" "scp-blocks-path", High Break High,
    properties: [Generic], needs: [Organization], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Scp)
}
