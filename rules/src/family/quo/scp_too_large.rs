//! QUO101 `scp-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::quota;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a service control policy that is longer than Organizations takes.
    ///
    /// # Why it matters
    ///
    /// AWS refuses to save it.
    ///
    /// # Flagged
    ///
    /// ```json scp
    /// {"Version": "2012-10-17", "Id": "@10300", "Statement": {"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json scp
    /// {"Version": "2012-10-17", "Id": "@100", "Statement": {"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}}
    /// ```
    "QUO101" "scp-too-large", High Break High,
    properties: [JudgesOversized], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_SCP_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind == PolicyType::Scp {
        findings.extend(quota::too_large(context.sources, document));
    }
}
