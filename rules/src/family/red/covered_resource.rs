//! RED116 `covered-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, covered::covered_values};
use crate::finding::Findings;

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
    findings.extend(covered_values(
        document,
        |statement| statement.resource.as_ref(),
        false,
    ));
}
