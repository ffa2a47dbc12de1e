//! RED106 `no-principals`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::source::Origin;

rule! {
    /// Flags a statement with an empty list of principals.
    ///
    /// # Why it matters
    ///
    /// An empty list matches no principal, so the statement never applies. An Allow gives no access and a Deny protects
    /// nothing, but both look effective to a reader. The list is often empty because a Terraform variable has no entries.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": []}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the principals, or remove the statement:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/app"]}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
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
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    "RED106" "no-principals", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let is_noted = |place: Origin| {
        document
            .policy
            .problems
            .iter()
            .any(|own| own.origin == place)
    };
    for statement in document.statements() {
        if let Some(element) = statement
            .principal
            .as_ref()
            .filter(|principal| principal.entries.is_empty() && !is_noted(principal.origin))
        {
            findings.add(
                document
                    .in_statement(
                        statement,
                        element.origin,
                        "empty",
                        "the list of principals is empty",
                    )
                    .help("remove the statement"),
            );
        }
    }
}
