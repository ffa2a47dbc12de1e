//! PRM108 `pass-role-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `iam:PassRole` with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// It hands every role but some to a service, and with it what the role may do.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app"}
    /// ```
    "PRM108" "pass-role-not-resource", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::Named, ResourceForm::NotResource),
        |_| false,
    ));
}
