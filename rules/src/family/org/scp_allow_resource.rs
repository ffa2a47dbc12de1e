//! ORG192 `scp-allow-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, resources};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags an Allow of a service control policy with a `Resource` other than `*`.
    ///
    /// # Why it matters
    ///
    /// Since September 2025 service control policies support the complete policy language. Older guides and tools do not, and
    /// an organization may keep the old form for them.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "arn:aws:secretsmanager:*:111122223333:secret:*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `*`:
    ///
    /// ```json scp
    /// {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "guard" {
    ///   statement {
    ///     actions   = ["secretsmanager:*"]
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
    "ORG192" "scp-allow-resource", Info Style High,
    is_off: true, needs: [Policies], aws: ["SCP_SYNTAX_ERROR_ALLOW_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Scp {
        return;
    }
    for statement in document.allows() {
        let narrow = |text: &str| text != "*";
        let mut values = resources(statement).iter();
        let Some(value) = values.find(|value| narrow(value.text.literal())) else {
            continue;
        };
        let place = value.origin;
        let draft = document.in_statement(
            statement,
            place,
            "not `*`",
            "this Allow of a service control policy is limited to some resources",
        );
        findings.add(draft.help("write `*`, and deny the other resources in a Deny statement"));
    }
}
