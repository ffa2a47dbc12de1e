//! GRM110 `duplicate-sid`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags two statements with the same `Sid` in a policy of IAM or Organizations.
    ///
    /// # Why it matters
    ///
    /// A `Sid` identifies one statement of the policy. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Sid": "Read", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Sid": "Read", "Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Give each statement its own `Sid`:
    ///
    /// ```json identity
    /// [{"Sid": "Read", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Sid": "Write", "Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     sid = "Read"
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    ///   statement {
    ///     sid = "Write"
    ///     actions   = ["kms:Encrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "GRM110" "duplicate-sid", High Break High,
    needs: [Policies], aws: ["UNIQUE_SIDS_REQUIRED"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !crate::document::is_lenient(document.kind) {
        findings.extend(mistakes(document, &RULE, &[Mistake::DuplicateSid]));
    }
}
