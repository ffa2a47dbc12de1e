//! QUO103 `identity-policy-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::quota;
use crate::finding::Findings;

rule! {
    /// Flags an identity policy or boundary of more than 6,144 characters, or a session policy of more than 2,048 characters.
    ///
    /// # Why it matters
    ///
    /// AWS rejects a larger policy, and the deployment fails. The inline policies of one role have a common quota of 10,240
    /// characters.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Id": "@6200", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use patterns or tags instead of long lists, or split the policy:
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Id": "@100", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    "QUO103" "identity-policy-too-large", Medium Break High,
    properties: [JudgesOversized], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.is_identity() {
        findings.extend(quota::too_large(context.sources, document));
    }
}
