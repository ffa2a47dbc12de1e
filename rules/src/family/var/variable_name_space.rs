//! VAR104 `variable-name-space`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a blank in the name of a variable.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/ team}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}
    /// ```
    "VAR104" "variable-name-space", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_SPACE_IN_VARIABLE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(crate::document::mistakes::malformed(
        document,
        &RULE,
        crate::document::variables::Fault::Blank,
    ));
}
