//! VAR102 `variable-unclosed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags `${` without `}`.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document, or compares the text as it is.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}
    /// ```
    "VAR102" "variable-unclosed", High Break High,
    needs: [Policies], aws: ["MISSING_BRACE_IN_VARIABLE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(crate::document::mistakes::malformed(
        document,
        &RULE,
        crate::document::variables::Fault::Unclosed,
    ));
}
