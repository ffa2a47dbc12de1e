//! POD301 `target-role-not-permitted`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a target role that the first role may not assume, because the policy of the first role or the trust policy of
    /// the target role does not allow it.
    ///
    /// # Why it matters
    ///
    /// AWS allows `sts:AssumeRole` into another account only if both accounts allow it. If one side is missing, EKS cannot
    /// get credentials of the target role, and the mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            - Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/hop }
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    ///              Action: sts:AssumeRole
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the first role in the trust policy of the target role, and allow `sts:AssumeRole` on the target role in the
    /// policy of the first role:
    ///
    /// ```yaml
    /// - Effect: Allow
    ///   Principal: { AWS: arn:aws:iam::111122223333:role/hop }
    ///   Action: sts:AssumeRole
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "reader_trust" {
    ///   statement {
    ///     actions = ["sts:AssumeRole", "sts:TagSession"]
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/hop"]
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
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
    "POD301" "target-role-not-permitted", High Break High,
    properties: [Generic], needs: [Associations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Chain(chain) = refusal else {
        return None;
    };
    (chain.action() != "sts:TagSession").then(|| refusal.draft(case))
}
