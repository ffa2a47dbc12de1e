//! XAC101 `cross-account-without-resource-policy`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a secret of another account whose policy does not allow the pod's role.
    ///
    /// # Why it matters
    ///
    /// Across accounts AWS requires an Allow on both sides: in the policy of the secret and in a policy of the role. Without
    /// a resource policy AWS denies the read, whatever the role's policies allow.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -        policy:
    /// -          - Sid: PodsOfShop
    /// -            Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// -            Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -            Resource: "*"
    /// -            Condition: *own
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the role in the policy of the secret, or read the secret through a target role of its account:
    ///
    /// ```yaml
    /// policy:
    ///   - Sid: PodsOfShop
    ///     Effect: Allow
    ///     Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    ///     Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///     Resource: "*"
    ///     Condition:
    ///       StringEquals:
    ///         aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    ///         aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret_policy" "db" {
    ///   secret_arn = aws_secretsmanager_secret.db.arn
    ///   policy     = data.aws_iam_policy_document.db.json
    /// }
    ///
    /// data "aws_iam_policy_document" "db" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["*"]
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/pod-reader"]
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>
    "XAC101" "cross-account-without-resource-policy", High Break High,
    properties: [Generic], needs: [Secrets], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Secret)
}
