//! CND112 `vpc-id-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::malformed_ids;
use crate::finding::Findings;

rule! {
    /// Flags a value of `aws:SourceVpc` that is no id of a VPC.
    ///
    /// # Why it matters
    ///
    /// The test never holds.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-123"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}}
    /// ```
    "CND112" "vpc-id-malformed", High Break High,
    needs: [Policies], aws: ["INVALID_VPC_FORMAT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let ids = ("aws:SourceVpc", "vpc-", "VPC");
    findings.extend(malformed_ids(document, RULE.severity, ids));
}
