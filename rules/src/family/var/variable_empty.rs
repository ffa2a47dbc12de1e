//! VAR105 `variable-empty`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags `${}`.
    ///
    /// # Why it matters
    ///
    /// A variable requires the name of a condition key. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::app-data/${}/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of the key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::app-data/${aws:PrincipalTag/team}/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["s3:GetObject"]
    ///     resources = ["arn:aws:s3:::app-data/$${aws:PrincipalTag/team}/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "VAR105" "variable-empty", High Break High,
    needs: [Policies], aws: ["EMPTY_VARIABLE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(crate::document::mistakes::malformed(
        document,
        &RULE,
        crate::document::variables::Fault::Empty,
    ));
}
