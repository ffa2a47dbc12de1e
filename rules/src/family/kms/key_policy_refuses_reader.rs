//! KMS101 `key-policy-refuses-reader`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a key policy that does not allow the reading role to decrypt.
    ///
    /// # Why it matters
    ///
    /// KMS requires an Allow in the key policy, either for the role or for its account. Without it the policies of the role
    /// have no effect on the key; across accounts both sides must allow the call.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/hop }
    ///              Action: kms:Decrypt
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the role in the key policy:
    ///
    /// ```yaml
    /// Effect: Allow
    /// Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// Action: kms:Decrypt
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "vault_key" {
    ///   statement {
    ///     sid       = "PodsOfShop"
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/pod-reader"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "kms:ViaService"
    ///       values   = ["secretsmanager.us-east-1.amazonaws.com"]
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
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>
    "KMS101" "key-policy-refuses-reader", High Break High,
    properties: [Generic], needs: [Keys], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    match refusal {
        Refusal::KeyPolicy(key) if key.first_region.is_none() => Some(refusal.draft(case)),
        _ => refusal.general(case, Ground::Key),
    }
}
