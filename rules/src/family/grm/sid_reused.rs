//! GRM115 `sid-reused`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags two statements with the same `Sid` in a resource policy.
    ///
    /// # Why it matters
    ///
    /// Some services accept the policy, others reject it. Logs and tools that show the `Sid` do not identify the statement.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// [{"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:DescribeSecret", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Give each statement its own `Sid`:
    ///
    /// ```json secret
    /// [{"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, {"Sid": "Describe", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:DescribeSecret", "Resource": "*"}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     sid = "Read"
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    ///   statement {
    ///     sid = "Describe"
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:DescribeSecret"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    "GRM115" "sid-reused", Medium Fragile High,
    needs: [Policies], aws: ["UNIQUE_SIDS_RECOMMENDED"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if crate::document::is_lenient(document.kind) {
        findings.extend(mistakes(document, &RULE, &[Mistake::DuplicateSid]));
    }
}
