//! PRN104 `principal-in-identity-policy`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Principal` in a policy that is attached to the principal itself.
    ///
    /// # Why it matters
    ///
    /// Such a policy speaks about whoever it is attached to. AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json boundary
    /// {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json boundary
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "PRN104" "principal-in-identity-policy", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.is_identity() {
        findings.extend(mistakes(document, &RULE, &[Mistake::ForeignPrincipal]));
    }
}
