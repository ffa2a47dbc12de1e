//! CND113 `vpce-id-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::malformed_ids;
use crate::finding::Findings;

rule! {
    /// Flags a value of `aws:SourceVpce` that is no id of a VPC endpoint.
    ///
    /// # Why it matters
    ///
    /// The test never holds.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpc-0a1b2c3d"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}}
    /// ```
    "CND113" "vpce-id-malformed", High Break High,
    needs: [Policies], aws: ["INVALID_VPCE_FORMAT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let ids = ("aws:SourceVpce", "vpce-", "VPC endpoint");
    findings.extend(malformed_ids(document, RULE.severity, ids));
}
