//! POD211 `session-policy-blocks-path`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags an association whose session policy does not allow the objects that its pods mount.
    ///
    /// # Why it matters
    ///
    /// AWS allows a request only if both the session policy and the policies of the role allow it. An object that only the
    /// role's policies allow stays denied, and the mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///                  - Effect: Allow
    ///                    Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -                  Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// +                  Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/other-??????
    ///              mounts: [shop:dev/local]
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the mounted object in the policy of the association:
    ///
    /// ```yaml
    /// association:
    ///   role: bounded
    ///   sessionTags: false
    ///   policy:
    ///     - Effect: Allow
    ///       Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///       Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// mounts: [shop:dev/local]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "app" {
    ///   cluster_name         = "prod"
    ///   namespace            = "dev"
    ///   service_account      = "app"
    ///   role_arn             = aws_iam_role.app.arn
    ///   disable_session_tags = true
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect   = "Allow"
    ///       Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///       Resource = "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????"
    ///     }]
    ///   })
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
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    "POD211" "session-policy-blocks-path", High Break High,
    properties: [Generic], needs: [Associations], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Session)
}
