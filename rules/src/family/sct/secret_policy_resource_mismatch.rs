//! SCT122 `secret-policy-resource-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a secret's policy whose `Resource` is not the secret.
    ///
    /// # Why it matters
    ///
    /// The policy is copied to replicas as it is; there an ARN with the first region matches nothing. In a secret's own policy
    /// `*` means this secret.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    ///              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -            Resource: "*"
    /// +            Resource: arn:aws:secretsmanager:us-west-2:444455556666:secret:dev/db-AbCdEf
    /// ```
    "SCT122" "secret-policy-resource-mismatch", High Break High,
    needs: [Secrets], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.resource(|ground| ground == Ground::Secret)?;
    Some(refusal.draft(case))
}
