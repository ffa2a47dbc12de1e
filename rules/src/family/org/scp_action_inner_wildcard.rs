//! ORG101 `scp-action-inner-wildcard`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a wildcard before the end of an action in a service control policy.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies support the complete policy language. Older guides and tools do not, and
    /// an organization may keep the old form for them.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": "iam:*Role", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the actions, with a wildcard only at the end:
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": ["iam:CreateRole", "iam:Delete*"], "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     effect = "Deny"
    ///     actions   = ["iam:CreateRole", "iam:Delete*"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # When to allow it
    ///
    /// Always, unless your policies must keep the form before September 2025. IAM Access Analyzer still reports it, but
    /// Organizations accepts such wildcards.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "ORG101" "scp-action-inner-wildcard", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_ACTION_WILDCARD"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.statements() {
        for value in statement.action.iter().flat_map(|list| &list.values) {
            let text = value.text.literal();
            let head = text.strip_suffix('*').unwrap_or(text);
            if has_wildcard(head) {
                let message = format!("`{text}` has a wildcard before its end");
                let draft = document
                    .in_statement(
                        statement,
                        value.origin,
                        "a wildcard before the end",
                        message,
                    )
                    .because(text)
                    .help("list the actions, or move the wildcard to the end")
                    .once(statement.origin);
                findings.add(draft);
            }
        }
    }
}
