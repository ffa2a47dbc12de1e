//! PRN116 `github-sub-wildcard`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key, literal_values};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a trust policy for GitHub Actions with a subject that leaves the repository or the branch open.
    ///
    /// # Why it matters
    ///
    /// GitHub writes the repository and the branch into the subject. Every user who can push a branch, or create a repository
    /// in the organization, can assume the role from a workflow.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the repository and the branch:
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
    "PRN116" "github-sub-wildcard", Medium Leak High,
    needs: [Policies], aws: ["SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let like = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringLike && !operator.negated
        });
        let bound = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).ends_with("githubusercontent.com:ref"))
        };
        if !like
            || !is_allow(statement)
            || key(condition) != "token.actions.githubusercontent.com:sub"
            || bound()
        {
            continue;
        }
        for (value, place) in literal_values(condition).filter(|(value, _)| has_wildcard(value)) {
            let draft = document
                .in_statement(
                    statement,
                    place,
                    "open",
                    format!("`{value}` matches several repositories or branches"),
                )
                .because(value)
                .help("repo:OWNER/NAME:ref:refs/heads/BRANCH");
            findings.add(draft);
        }
    }
}
