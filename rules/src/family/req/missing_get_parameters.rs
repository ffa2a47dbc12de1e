//! REQ103 `missing-get-parameters`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a mounted parameter that the pod's role may not read with `ssm:GetParameters`.
    ///
    /// # Why it matters
    ///
    /// The provider reads parameters in batches and calls only the plural `GetParameters`. IAM treats `ssm:GetParameter` as a
    /// different action, so a policy that allows only the singular does not allow the mount.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Action: ssm:GetParameters
    /// +              Action: ssm:GetParameter
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow `ssm:GetParameters`, with the `s` at the end:
    ///
    /// ```yaml
    /// Action: ssm:GetParameters
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["ssm:GetParameters"]
    ///     resources = ["arn:aws:ssm:us-east-1:111122223333:parameter/$${aws:PrincipalTag/kubernetes-namespace}/*"]
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
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "REQ103" "missing-get-parameters", High Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::GetParameters)
}
