//! RED114 `covered-action`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, covered::covered_values};
use crate::finding::Findings;

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
    findings.extend(covered_values(
        document,
        |statement| statement.action.as_ref(),
        true,
    ));
}
