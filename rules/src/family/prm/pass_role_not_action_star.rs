//! PRM113 `pass-role-not-action-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `NotAction` that leaves `iam:PassRole` in, on every role.
    ///
    /// # Why it matters
    ///
    /// It hands every role to any service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": ["s3:*", "iam:Create*"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    /// ```
    "PRM113" "pass-role-not-action-star", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::NotAction, ResourceForm::Star),
        |_| false,
    ));
}
