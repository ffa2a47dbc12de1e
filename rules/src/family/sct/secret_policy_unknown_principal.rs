//! SCT121 `secret-policy-unknown-principal`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal, names_unknown_role};
use policy_engine::evaluator::explain::Element;

rule! {
    /// Flags the policy of a secret with the ARN of a role that does not exist. The rule requires that all roles of the
    /// account are known.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager rejects a policy with a role that does not exist. If the role is deleted later, AWS replaces its ARN
    /// in the policy with the unique id of the deleted role, which a new role with the same name does not match.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            - Sid: PodsOfShop
    ///              Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/pods-reader }
    ///              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// ```
    ///
    /// # Accepted
    ///
    /// Name an existing role:
    ///
    /// ```yaml
    /// - Sid: PodsOfShop
    ///   Effect: Allow
    ///   Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    ///   Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "db" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["*"]
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = [aws_iam_role.pod_reader.arn]
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "SCT121" "secret-policy-unknown-principal", High Break High,
    needs: [Secrets, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Policies(policies) = refusal else {
        return None;
    };
    let miss = policies.miss()?;
    let is_principal = policies.ground() == Ground::Secret && miss.element == Element::Principal;
    (is_principal && names_unknown_role(case, miss)).then(|| refusal.draft(case))
}
