//! QUO102 `rcp-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::quota;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a resource control policy that is larger than the quota of Organizations.
    ///
    /// # Why it matters
    ///
    /// AWS rejects a larger policy, and the deployment fails. Existing policies stay in force without the change.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Version": "2012-10-17", "Id": "@5200", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Combine statements, or split the policy:
    ///
    /// ```json rcp
    /// {"Version": "2012-10-17", "Id": "@100", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
    "QUO102" "rcp-too-large", High Break High,
    properties: [JudgesOversized], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_RCP_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind == PolicyType::Rcp {
        findings.extend(quota::too_large(context.sources, document));
    }
}
