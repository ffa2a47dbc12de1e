//! RED114 `covered-action`.

use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::rule::{Check, rule};

rule! {
    /// Flags an action that another pattern of the same list covers.
    ///
    /// # Why it matters
    ///
    /// It says nothing more.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt*", "kms:Decrypt"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*"}
    /// ```
    "RED114" "covered-action", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_ACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        let values = statement
            .action
            .as_ref()
            .map_or(&[][..], |one| one.values.as_slice());
        for (covered, by) in crate::document::covered(values, true) {
            let draft = document.in_statement(
                statement,
                covered.origin,
                "covered",
                format!("`{}` is covered by `{}`", covered.text, by.text),
            );
            findings.add(
                draft
                    .because(covered.text.literal())
                    .related(by.origin, "by this")
                    .once(statement.origin),
            );
        }
    }
}
