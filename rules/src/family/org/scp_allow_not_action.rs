//! ORG191 `scp-allow-not-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags `NotAction` in an Allow of a service control policy.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies support the complete policy language. Older guides and tools do not, and
    /// an organization may keep the old form for them.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow all actions, and deny the excluded actions:
    ///
    /// ```json scp
    /// [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     actions   = ["*"]
    ///     resources = ["*"]
    ///   }
    ///   statement {
    ///     effect = "Deny"
    ///     actions   = ["organizations:*"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # When to allow it
    ///
    /// Always, unless your policies must keep the form before September 2025. IAM Access Analyzer no longer reports it.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "ORG191" "scp-allow-not-action", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_ALLOW_NOTACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.allows() {
        let negated = statement.action.as_ref().filter(|list| list.negated);
        let Some(element) = negated else { continue };
        let place = element.key;
        let draft = document.in_statement(
            statement,
            place,
            "everything except these actions",
            "this Allow of a service control policy has `NotAction`",
        );
        findings.add(draft.help("allow `*`, and list these actions in a Deny statement"));
    }
}
