//! PRN117 `allow-not-principal`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags an Allow with `NotPrincipal`.
    ///
    /// # Why it matters
    ///
    /// The statement allows every other principal of every account, and anonymous callers. SCT120 reports the same for
    /// secrets and keys.
    ///
    /// # Flagged
    ///
    /// ```json resource
    /// {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::app-data/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the principals that require access:
    ///
    /// ```json resource
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::app-data/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["s3:GetObject"]
    ///     resources = ["arn:aws:s3:::app-data/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN117" "allow-not-principal", High Leak High,
    needs: [Policies], aws: ["ALLOW_WITH_NOT_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Resource || matches!(document.owner, Owner::Secret(_)) {
        return;
    }
    for statement in document.allows() {
        if let Some(element) = statement
            .principal
            .as_ref()
            .filter(|element| element.negated)
        {
            let draft = document
                .in_statement(
                    statement,
                    element.key,
                    "every other principal",
                    "this Allow with `NotPrincipal` allows every other principal of every AWS account",
                )
                .help("list the principals in `Principal`");
            findings.add(draft);
        }
    }
}
