//! VAR105 `variable-empty`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags `${}`.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::app-data/${}/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::app-data/${aws:PrincipalTag/team}/*"}
    /// ```
    "VAR105" "variable-empty", High Break High,
    needs: [Policies], aws: ["EMPTY_VARIABLE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(crate::document::mistakes::malformed(
        document,
        &RULE,
        crate::document::variables::Fault::Empty,
    ));
}
