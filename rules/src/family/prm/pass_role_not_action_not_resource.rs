//! PRM110 `pass-role-not-action-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `NotAction` that leaves `iam:PassRole` in, with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// It hands every role but some to a service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": ["s3:*", "iam:Create*"], "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    "PRM110" "pass-role-not-action-not-resource", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::NotAction, ResourceForm::NotResource),
        |_| false,
    ));
}
