//! PRM109 `pass-role-star-not-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags a pattern that includes `iam:PassRole`, with `NotResource`.
    ///
    /// # Why it matters
    ///
    /// It hands every role but some to a service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Pass*", "NotResource": "arn:aws:iam::*:role/x"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Pass*", "Resource": "arn:aws:iam::111122223333:role/app"}
    /// ```
    "PRM109" "pass-role-star-not-resource", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::Pattern, ResourceForm::NotResource),
        |_| false,
    ));
}
