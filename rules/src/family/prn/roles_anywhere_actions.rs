//! PRN113 `roles-anywhere-actions`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, entries, is_allow, may_speak_of};
use crate::finding::Findings;

rule! {
    /// Flags a role for IAM Roles Anywhere without all of `sts:AssumeRole`, `sts:SetSourceIdentity` and `sts:TagSession`.
    ///
    /// # Why it matters
    ///
    /// The service always does all three in one call.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"}}}
    /// ```
    "PRN113" "roles-anywhere-actions", High Break High,
    needs: [Policies], aws: ["MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.allows() {
        let mut entries = entries(statement);
        let anywhere =
            entries.any(|entry| entry.value.text.literal() == "rolesanywhere.amazonaws.com");
        let missing = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
            .into_iter()
            .find(|action| {
                !document
                    .statements()
                    .iter()
                    .any(|statement| is_allow(statement) && may_speak_of(statement, action))
            });
        if let Some((missing, element)) =
            missing.zip(statement.action.as_ref()).filter(|_| anywhere)
        {
            let draft = document
                .in_statement(statement, element.origin, format!("{missing} is missing"), format!("IAM Roles Anywhere needs {missing}, too"))
                .because(missing)
                .help("\"Action\": [\"sts:AssumeRole\", \"sts:SetSourceIdentity\", \"sts:TagSession\"]");
            findings.add(draft);
        }
    }
}
