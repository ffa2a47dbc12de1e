//! RED105 `no-values-if-exists`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;

rule! {
    /// Flags a key with an empty list of values under `…IfExists`.
    ///
    /// # Why it matters
    ///
    /// The operator with an empty list matches only requests without the key. A reader expects the opposite, or no match at
    /// all.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEqualsIfExists": {"kms:ViaService": []}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Null`, which states this:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"kms:ViaService": "true"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "Null"
    ///       variable = "kms:ViaService"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "RED105" "no-values-if-exists", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_CONDITION_IFEXISTS"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in crate::document::conditions::valueless(document) {
        if condition
            .parsed
            .is_some_and(|operator| operator.qualifier.is_none() && operator.if_exists)
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "empty",
                "this condition matches only if the key is absent",
            );
            findings.add(
                draft
                    .because(key(condition))
                    .help("use the operator `Null` instead"),
            );
        }
    }
}
