//! SCT122 `secret-policy-resource-mismatch`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags the policy of a secret whose `Resource` does not match the secret.
    ///
    /// # Why it matters
    ///
    /// The statement never applies, so the policy does not allow the read. Secrets Manager also copies the policy to replicas
    /// unchanged, and an ARN with the first region does not match a replica.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    ///              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -            Resource: "*"
    /// +            Resource: arn:aws:secretsmanager:us-west-2:444455556666:secret:dev/db-AbCdEf
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `*`, which in the policy of a secret matches this secret only:
    ///
    /// ```yaml
    /// Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// Resource: "*"
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "secret" {
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
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html>
    "SCT122" "secret-policy-resource-mismatch", High Break High,
    needs: [Secrets], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.resource(|ground| ground == Ground::Secret)?;
    Some(refusal.draft(case))
}
