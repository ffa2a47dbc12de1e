//! PRN120 `github-sub-missing`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Document, is_allow};
use crate::finding::Findings;

rule! {
    /// Flags a trust policy for GitHub Actions without a condition on the subject.
    ///
    /// # Why it matters
    ///
    /// GitHub signs tokens for every repository on github.com with the same issuer. Every workflow of every user can assume
    /// the role.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the repository and the branch:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:example/app:ref:refs/heads/main"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
    ///     }
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "token.actions.githubusercontent.com:aud"
    ///       values   = ["sts.amazonaws.com"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "token.actions.githubusercontent.com:sub"
    ///       values   = ["repo:example/app:ref:refs/heads/main"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services>
    "PRN120" "github-sub-missing", High Leak High,
    needs: [Policies], aws: ["MISSING_GITHUB_REPO_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let github = entry
            .value
            .text
            .literal()
            .ends_with(":oidc-provider/token.actions.githubusercontent.com");
        let tested = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition) == "token.actions.githubusercontent.com:sub")
        };
        if github && is_allow(statement) && !tested() {
            let draft = document
                .in_statement(
                    statement,
                    entry.value.origin,
                    "accepts every repository",
                    "a workflow of any GitHub repository can assume the role",
                )
                .help("add to Condition.StringEquals: \"token.actions.githubusercontent.com:sub\": \"repo:ORG/REPOSITORY:ref:refs/heads/BRANCH\"");
            findings.add(draft);
        }
    }
}
