//! VAR103 `variable-default-unquoted`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags the default of a variable without its quotes.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team, 'none}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team, 'none'}"}}}
    /// ```
    "VAR103" "variable-default-unquoted", High Break High,
    needs: [Policies], aws: ["MISSING_QUOTE_IN_VARIABLE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(crate::document::mistakes::malformed(
        document,
        &RULE,
        crate::document::variables::Fault::Unquoted,
    ));
}
