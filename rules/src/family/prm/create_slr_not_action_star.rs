//! PRM106 `create-slr-not-action-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `NotAction` that leaves `iam:CreateServiceLinkedRole` in, on every role.
    ///
    /// # Why it matters
    ///
    /// It makes service-linked roles for every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": ["s3:*", "iam:PassRole"], "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    /// ```
    "PRM106" "create-slr-not-action-star", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::NotAction, ResourceForm::Star);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        |_| false,
    ));
}
