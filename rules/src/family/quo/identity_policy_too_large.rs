//! QUO103 `identity-policy-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::quota;
use crate::finding::Findings;

rule! {
    /// Flags an identity policy or boundary of more than 6,144 characters, or a session policy of more than 2,048.
    ///
    /// # Why it matters
    ///
    /// AWS refuses to save it. The inline policies of a role together may have 10,240.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Id": "@6200", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Id": "@100", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    "QUO103" "identity-policy-too-large", Medium Break High,
    properties: [JudgesOversized], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.is_identity() {
        findings.extend(quota::too_large(context.sources, document));
    }
}
