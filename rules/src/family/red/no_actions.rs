//! RED101 `no-actions`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags an empty list of actions.
    ///
    /// # Why it matters
    ///
    /// The statement does nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": [], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": "*"}
    /// ```
    "RED101" "no-actions", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_ACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        if let Some(element) = statement
            .action
            .as_ref()
            .filter(|list| list.values.is_empty())
        {
            findings.add(
                document
                    .in_statement(
                        statement,
                        element.origin,
                        "empty",
                        "the list of actions is empty",
                    )
                    .help("remove the statement"),
            );
        }
    }
}
