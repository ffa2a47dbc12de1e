//! ORG193 `scp-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags `NotResource` in a service control policy.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies support the complete policy language. Older guides and tools do not, and
    /// an organization may keep the old form for them.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": "secretsmanager:*", "NotResource": "arn:aws:secretsmanager:*:111122223333:secret:*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the resources:
    ///
    /// ```json scp
    /// {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "arn:aws:secretsmanager:*:444455556666:secret:*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     effect = "Deny"
    ///     actions   = ["secretsmanager:*"]
    ///     resources = ["arn:aws:secretsmanager:*:444455556666:secret:*"]
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
    "ORG193" "scp-not-resource", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_NOTRESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.statements() {
        let negated = statement.resource.as_ref().filter(|list| list.negated);
        let Some(element) = negated else { continue };
        let place = element.key;
        let draft = document.in_statement(
            statement,
            place,
            "everything except these resources",
            "this Allow of a service control policy has `NotResource`",
        );
        findings.add(draft.help("list the resources in `Resource` of a Deny statement"));
    }
}
