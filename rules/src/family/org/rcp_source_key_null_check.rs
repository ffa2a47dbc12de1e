//! ORG109 `rcp-source-key-null-check`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a Deny with a negated condition on the `aws:Source…` keys in a resource control policy, without a check that the
    /// key exists.
    ///
    /// # Why it matters
    ///
    /// Some calls of AWS services do not contain the key, and the negated condition matches them. The policy then denies
    /// these calls.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the key with `Null`:
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "false"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     effect = "Deny"
    ///     principals {
    ///       type        = "*"
    ///       identifiers = ["*"]
    ///     }
    ///     actions   = ["secretsmanager:*"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringNotEqualsIfExists"
    ///       variable = "aws:SourceOrgID"
    ///       values   = ["o-a1b2c3d4e5"]
    ///     }
    ///     condition {
    ///       test     = "Null"
    ///       variable = "aws:SourceAccount"
    ///       values   = ["false"]
    ///     }
    ///     condition {
    ///       test     = "BoolIfExists"
    ///       variable = "aws:PrincipalIsAWSService"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "ORG109" "rcp-source-key-null-check", Medium Break High,
    needs: [Policies], aws: ["RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let of_source = crate::document::conditions::is_source(key(condition))
            && condition.parsed.is_some_and(|operator| operator.negated);
        let asked = || {
            statement.conditions.iter().any(|condition| {
                crate::document::conditions::is_source(key(condition))
                    && condition
                        .parsed
                        .is_some_and(|operator| operator.comparison == Comparison::Null)
            })
        };
        if document.kind == PolicyType::Rcp && of_source && !asked() {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "can be absent",
                    format!(
                        "this statement denies requests of services without `{}`",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .help("add to Condition: \"Null\": {\"aws:SourceAccount\": \"false\"}");
            findings.add(draft);
        }
    }
}
