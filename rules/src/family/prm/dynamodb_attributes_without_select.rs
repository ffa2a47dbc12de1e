//! PRM114 `dynamodb-attributes-without-select`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;

rule! {
    /// Flags a condition on `dynamodb:Attributes` without a condition on `dynamodb:Select`.
    ///
    /// # Why it matters
    ///
    /// A query for all attributes names no attribute, so `ForAllValues:` matches. The caller gets the complete items, although
    /// the policy lists attributes.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require `SPECIFIC_ATTRIBUTES` as well:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}, "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["dynamodb:Query"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "ForAllValues:StringEquals"
    ///       variable = "dynamodb:Attributes"
    ///       values   = ["id"]
    ///     }
    ///     condition {
    ///       test     = "StringEqualsIfExists"
    ///       variable = "dynamodb:Select"
    ///       values   = ["SPECIFIC_ATTRIBUTES"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>
    "PRM114" "dynamodb-attributes-without-select", High Leak High,
    needs: [Policies], aws: ["DYNAMODB_ATTRIBUTES_WITHOUT_SELECT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let paired = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case("dynamodb:Select"))
        };
        if is_allow(statement)
            && key(condition).eq_ignore_ascii_case("dynamodb:Attributes")
            && !paired()
        {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "empty if the request selects all attributes",
                    "a request for all attributes matches this condition",
                )
                .help("add to Condition: \"StringEqualsIfExists\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}");
            findings.add(draft);
        }
    }
}
