//! PRN120 `github-sub-missing`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Document, is_allow};
use crate::finding::Findings;

rule! {
    /// Flags a role for GitHub Actions without a test of the subject.
    ///
    /// # Why it matters
    ///
    /// Every workflow of every repository on GitHub assumes the role.
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
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:example/app:ref:refs/heads/main"}}}
    /// ```
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
                    "every repository",
                    "every workflow on GitHub assumes the role",
                )
                .help("test `token.actions.githubusercontent.com:sub`");
            findings.add(draft);
        }
    }
}
