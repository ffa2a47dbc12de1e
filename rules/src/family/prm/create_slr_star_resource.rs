//! PRM104 `create-slr-star-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `iam:CreateServiceLinkedRole` on every role, without a test of the service.
    ///
    /// # Why it matters
    ///
    /// It makes service-linked roles for every service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": "eks.amazonaws.com"}}}
    /// ```
    "PRM104" "create-slr-star-resource", Medium Leak High,
    needs: [Policies], aws: ["CREATE_SLR_WITH_STAR_IN_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Named, ResourceForm::Star);
    findings.extend(broad(
        document,
        "iam:CreateServiceLinkedRole",
        wanted,
        |statement| {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case("iam:AWSServiceName"))
        },
    ));
}
