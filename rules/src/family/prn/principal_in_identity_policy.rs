//! PRN104 `principal-in-identity-policy`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Principal` in an identity policy or permissions boundary.
    ///
    /// # Why it matters
    ///
    /// Such a policy applies to the identity to which it is attached. IAM rejects a policy with a `Principal`, and the
    /// deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json boundary
    /// {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove `Principal`:
    ///
    /// ```json boundary
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN104" "principal-in-identity-policy", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.is_identity() {
        findings.extend(mistakes(document, &RULE, &[Mistake::ForeignPrincipal]));
    }
}
