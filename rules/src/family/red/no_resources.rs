//! RED107 `no-resources`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::source::Origin;

rule! {
    /// Flags a statement with an empty list of resources.
    ///
    /// # Why it matters
    ///
    /// The statement matches no resource and never applies. An Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": []}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the resources, or remove the statement:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": ["*"]}
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    "RED107" "no-resources", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_RESOURCE"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        if let Some(element) = statement
            .resource
            .as_ref()
            .filter(|list| list.values.is_empty() && !has_content(context, list.origin))
        {
            findings.add(
                document
                    .in_statement(
                        statement,
                        element.origin,
                        "empty",
                        "the list of resources is empty",
                    )
                    .help("remove the statement"),
            );
        }
    }
}

/// Whether an element has a value of a type that it cannot have, which GRM101 reports.
fn has_content(context: &Context<'_>, origin: Origin) -> bool {
    let source = context.sources.get(origin.source);
    let text = source.map_or("", |source| source.slice(origin.span));
    let inner = text.trim_start_matches('[').trim_end_matches(']').trim();
    text.starts_with('{') || (text.starts_with('[') && !inner.is_empty()) || inner.contains(": ")
}
