//! QUO102 `rcp-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::quota;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a resource control policy that is longer than Organizations takes.
    ///
    /// # Why it matters
    ///
    /// AWS refuses to save it.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Version": "2012-10-17", "Id": "@5200", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json rcp
    /// {"Version": "2012-10-17", "Id": "@100", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}}
    /// ```
    "QUO102" "rcp-too-large", High Break High,
    properties: [JudgesOversized], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_RCP_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind == PolicyType::Rcp {
        findings.extend(quota::too_large(context.sources, document));
    }
}
