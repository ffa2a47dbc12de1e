//! RED107 `no-resources`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags an empty list of resources.
    ///
    /// # Why it matters
    ///
    /// The statement does nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": []}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": ["*"]}
    /// ```
    "RED107" "no-resources", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        if let Some(element) = statement
            .resource
            .as_ref()
            .filter(|list| list.values.is_empty())
        {
            findings.add(
                document
                    .in_statement(
                        statement,
                        element.origin,
                        "empty",
                        "the list of resources is empty",
                    )
                    .help("remove the statement"),
            );
        }
    }
}
