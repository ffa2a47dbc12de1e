//! CAT120 `action-without-service`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an action without its service, or with more than one colon.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document: an action is `service:Action`, or `*`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "CAT120" "action-without-service", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let drafts = mistakes(document, &RULE, &[Mistake::ActionShape]);
    // A variable in an action has a rule of its own.
    findings.extend(
        drafts
            .into_iter()
            .filter(|draft| !draft.message.contains("${")),
    );
}
