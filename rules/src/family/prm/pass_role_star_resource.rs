//! PRM111 `pass-role-star-resource`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::grants::{ActionForm, ResourceForm, broad};
use crate::finding::Findings;

rule! {
    /// Flags `iam:PassRole` on every role, without a test of the service it is passed to.
    ///
    /// # Why it matters
    ///
    /// It hands every role to any service, and with it what the role may do.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
    /// ```
    "PRM111" "pass-role-star-resource", High Leak High,
    needs: [Policies], aws: ["PASS_ROLE_WITH_STAR_IN_RESOURCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    findings.extend(broad(
        document,
        "iam:PassRole",
        (ActionForm::Named, ResourceForm::Star),
        |statement| {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case("iam:PassedToService"))
        },
    ));
}
