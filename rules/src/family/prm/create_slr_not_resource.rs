//! PRM101 `create-slr-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `iam:CreateServiceLinkedRole` with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// It makes service-linked roles for every service but some.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::*:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"}
    /// ```
    "PRM101" "create-slr-not-resource", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Named, ResourceForm::NotResource);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        |_| false,
    ));
}
