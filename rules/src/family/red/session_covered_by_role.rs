//! RED119 `session-covered-by-role`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, entries};
use crate::finding::Findings;

rule! {
    /// Flags the session of a role as principal next to the role itself.
    ///
    /// # Why it matters
    ///
    /// The ARN of a role matches all sessions of the role, so the session changes no decision. If a person removes the
    /// session later to take access away, the role still has that access.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/deploy", "arn:aws:sts::111122223333:assumed-role/deploy/ci"]}, "Action": "sts:AssumeRole"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep the role:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": "sts:AssumeRole"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/deploy"]
    ///     }
    ///     actions = ["sts:AssumeRole"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    "RED119" "session-covered-by-role", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        let Some((head, rest)) = text.split_once(":assumed-role/") else {
            continue;
        };
        let role = rest.split('/').next().unwrap_or(rest);
        let account = head.rsplit(':').next().unwrap_or("");
        let own = format!(":iam::{account}:role/{role}");
        let mut entries = entries(statement);
        if let Some(by) = entries.find(|entry| entry.value.text.literal().ends_with(&own)) {
            let draft = document.in_statement(
                statement,
                entry.value.origin,
                "covered",
                format!("`{role}` matches all its sessions, also this one"),
            );
            findings.add(
                draft
                    .because(text)
                    .related(by.value.origin, "this entry matches the session")
                    .help("remove the session"),
            );
        }
    }
}
