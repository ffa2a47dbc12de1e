//! GRM110 `duplicate-sid`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags two statements of one Sid in a policy of IAM or of the organization.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Sid": "Read", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Sid": "Read", "Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Sid": "Read", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, {"Sid": "Write", "Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]
    /// ```
    "GRM110" "duplicate-sid", High Break High,
    needs: [Policies], aws: ["UNIQUE_SIDS_REQUIRED"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !crate::document::is_lenient(document.kind) {
        findings.extend(mistakes(document, &RULE, &[Mistake::DuplicateSid]));
    }
}
