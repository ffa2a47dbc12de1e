//! PRM102 `create-slr-star-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags a pattern that includes `iam:CreateServiceLinkedRole`, with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// It makes service-linked roles for every service but some.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateService*", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateService*", "Resource": "arn:aws:iam::*:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"}
    /// ```
    "PRM102" "create-slr-star-not-resource", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Pattern, ResourceForm::NotResource);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        |_| false,
    ));
}
