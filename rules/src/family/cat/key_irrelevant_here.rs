//! CAT117 `key-irrelevant-here`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a condition on the account or organization of the resource in the policy of this resource.
    ///
    /// # Why it matters
    ///
    /// The resource has one account, so the condition matches for every request or for none. It suggests a restriction of the
    /// callers that does not exist.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "444455556666"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Compare the account of the principal:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}
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
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalAccount"
    ///       values   = ["111122223333"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT117" "key-irrelevant-here", Info Style High,
    needs: [Policies], aws: ["IRRELEVANT_CONDITION_KEY_IN_POLICY"], fix: None, Check::Document(check);
}

const OWN: [&str; 3] = [
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(
        document.kind,
        PolicyType::Resource | PolicyType::Key | PolicyType::Trust
    ) || document.can_be_of_endpoint()
    {
        return;
    }
    for (statement, condition) in each(document) {
        if OWN.contains(&key(condition).to_ascii_lowercase().as_str()) {
            let message = format!(
                "`{}` has the same value in every request for this object",
                key(condition)
            );
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "has the same value in every request",
                    message,
                )
                .because(key(condition))
                .help("test the caller instead: `aws:PrincipalAccount` or `aws:PrincipalOrgID`");
            findings.add(draft);
        }
    }
}
