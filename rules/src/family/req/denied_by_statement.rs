//! REQ108 `denied-by-statement`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a Deny of the role's policies, of the secret's policy or of the key policy that denies a mounted read.
    ///
    /// # Why it matters
    ///
    /// AWS denies a request if any Deny matches, whatever other statements allow. Often the Deny has a condition with the
    /// permitted values, and the value of the pod is not among these values.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          policies:
    ///            read-own:
    /// +            - Effect: Deny
    /// +              Action: secretsmanager:GetSecretValue
    /// +              Resource: "*"
    /// +              Condition:
    /// +                StringNotEquals: { aws:PrincipalTag/kubernetes-namespace: qa }
    ///              - Effect: Allow
    /// ```
    ///
    /// # Accepted
    ///
    /// Add the value of the pod to the permitted values:
    ///
    /// ```yaml
    /// read-own:
    ///   - Effect: Deny
    ///     Action: secretsmanager:GetSecretValue
    ///     Resource: "*"
    ///     Condition:
    ///       StringNotEquals: { aws:PrincipalTag/kubernetes-namespace: [qa, dev] }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringNotEquals"
    ///       variable = "aws:PrincipalTag/kubernetes-namespace"
    ///       values   = ["qa", "dev"]
    ///     }
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "REQ108" "denied-by-statement", High Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Denied)
}
