//! PRM112 `pass-role-star-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags a pattern that includes `iam:PassRole`, on every role.
    ///
    /// # Why it matters
    ///
    /// It hands every role to any service.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:Pass*", "Resource": "arn:aws:iam::111122223333:role/app"}
    /// ```
    "PRM112" "pass-role-star-star", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let wanted = (ActionForm::Pattern, ResourceForm::Star);
    findings.extend(broad(
        document,
        "iam:PassRole",
        wanted,
        crate::document::grants::is_administrator,
    ));
}
