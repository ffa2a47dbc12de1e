//! ORG108 `rcp-source-key-hits-principals`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a Deny with a negated condition on the `aws:Source…` keys in a resource control policy, without a limit to AWS
    /// services.
    ///
    /// # Why it matters
    ///
    /// Requests of your own principals do not contain these keys, so the negated condition matches. The policy then denies
    /// your own principals.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "false"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Limit the Deny to AWS services:
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
    "ORG108" "rcp-source-key-hits-principals", Medium Break High,
    needs: [Policies], aws: ["RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let of_source = crate::document::conditions::is_source(key(condition))
            && condition.parsed.is_some_and(|operator| operator.negated);
        let limited = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case("aws:PrincipalIsAWSService"))
        };
        if document.kind == PolicyType::Rcp && of_source && !limited() {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "absent in requests of roles and users",
                    format!(
                        "requests of your roles and users do not contain `{}`, so this statement denies them",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .help("add to Condition: \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"true\"}");
            findings.add(draft);
        }
    }
}
