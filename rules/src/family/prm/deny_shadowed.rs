//! PRM210 `deny-shadowed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions, is_allow, is_deny, resources};
use crate::finding::Findings;
use crate::text::globs::includes_any_case;
use policy_engine::policy::statement::Written;

rule! {
    /// Flags an Allow that a Deny in the same policy overrides completely.
    ///
    /// # Why it matters
    ///
    /// A Deny always overrides an Allow, so the Allow gives no access. A reader of the policy expects access that does not
    /// exist.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the Allow, or narrow the Deny:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Effect": "Deny", "Action": "kms:Encrypt", "Resource": "*"}]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    ///
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["kms:Encrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    "PRM210" "deny-shadowed", Info Style High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    // The Deny must cover the same principals and conditions, or more.
    let all = |values: &[Written], narrow: &Written| {
        let Some(narrow) = narrow.text.known() else {
            return false;
        };
        values
            .iter()
            .filter_map(|wide| wide.text.known())
            .any(|wide| includes_any_case(wide, narrow))
    };
    for statement in document.statements().iter().filter(|statement| {
        is_allow(statement) && !actions(statement).is_empty() && document.is_identity()
    }) {
        let taken = document.statements().iter().find(|deny| {
            is_deny(deny)
                && deny.conditions.is_empty()
                && actions(statement)
                    .iter()
                    .all(|value| all(actions(deny), value))
                && !resources(statement).is_empty()
                && resources(statement)
                    .iter()
                    .all(|value| all(resources(deny), value))
        });
        if let Some(deny) = taken {
            let place = actions(statement)
                .first()
                .map_or(statement.origin, |value| value.origin);
            let by = actions(deny)
                .first()
                .map_or(deny.origin, |value| value.origin);
            let draft = document
                .in_statement(
                    statement,
                    place,
                    "allowed here",
                    "a Deny of the same policy denies the same requests as this Allow",
                )
                .related(by, "denied here")
                .help("remove one of the two statements");
            findings.add(draft);
        }
    }
}
