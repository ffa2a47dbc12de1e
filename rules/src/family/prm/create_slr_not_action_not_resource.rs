//! PRM103 `create-slr-not-action-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `NotAction` that leaves `iam:CreateServiceLinkedRole` in, with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// It makes service-linked roles for every service but some.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": ["s3:*", "iam:PassRole"], "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    "PRM103" "create-slr-not-action-not-resource", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::NotAction, ResourceForm::NotResource);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        |_| false,
    ));
}
