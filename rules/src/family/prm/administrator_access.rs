//! PRM209 `administrator-access`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a policy that allows every action on everything.
    ///
    /// # Why it matters
    ///
    /// Whoever has it can do all that the account can do, reading every secret included.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    "PRM209" "administrator-access", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Identity {
        return;
    }
    for statement in document.allows() {
        let star = actions(statement)
            .iter()
            .find(|value| matches!(value.text.literal(), "*" | "*:*"));
        let Some(star) = star.filter(|_| {
            crate::document::grants::is_administrator(statement) && statement.conditions.is_empty()
        }) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                star.origin,
                "everything",
                format!("`{}` may do everything", document.object),
            )
            .help("name the actions that are needed");
        findings.add(draft);
    }
}
