//! RED116 `covered-resource`.

use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::rule::{Check, rule};

rule! {
    /// Flags a resource that another pattern of the same list covers.
    ///
    /// # Why it matters
    ///
    /// It says nothing more.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::app-data/*", "arn:aws:s3:::app-data/x"]}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::app-data/x", "arn:aws:s3:::app-data/y"]}
    /// ```
    "RED116" "covered-resource", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        let values = statement
            .resource
            .as_ref()
            .map_or(&[][..], |one| one.values.as_slice());
        for (covered, by) in crate::document::covered(values, false) {
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
