//! ORG107 `rcp-principal-key-hits-services`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a Deny with a negated condition on the caller in a resource control policy, without an exception for AWS
    /// services.
    ///
    /// # Why it matters
    ///
    /// An AWS service has no organization and no principal ARN, so the negated condition matches. The policy then denies all
    /// calls of AWS services on your behalf, such as rotation and replication.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Except AWS services with `aws:PrincipalIsAWSService`:
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}
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
    ///       variable = "aws:PrincipalOrgID"
    ///       values   = ["o-a1b2c3d4e5"]
    ///     }
    ///     condition {
    ///       test     = "BoolIfExists"
    ///       variable = "aws:PrincipalIsAWSService"
    ///       values   = ["false"]
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
    "ORG107" "rcp-principal-key-hits-services", Medium Break High,
    needs: [Policies], aws: ["RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let name = key(condition).to_ascii_lowercase();
        let of_principal = name.starts_with("aws:principal")
            && name != "aws:principalisawsservice"
            && condition.parsed.is_some_and(|operator| operator.negated);
        let spared = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case("aws:PrincipalIsAWSService"))
        };
        if document.kind == PolicyType::Rcp && of_principal && !spared() {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "absent in requests of services",
                    format!("requests of AWS services do not contain `{}`, so this statement denies them", key(condition)),
                )
                .because(name)
                .help("add to Condition: \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}");
            findings.add(draft);
        }
    }
}
