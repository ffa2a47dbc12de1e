//! CND109 `source-ip-private`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;

rule! {
    /// Flags `aws:SourceIp` compared with private addresses only.
    ///
    /// # Why it matters
    ///
    /// The key holds the public address of the caller, and is absent behind a VPC endpoint: the test never holds.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    /// ```
    "CND109" "source-ip-private", High Break High,
    needs: [Policies], aws: ["PRIVATE_IP_ADDRESS"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition, private, all) in crate::document::addresses::source(document, false)
    {
        if private.len() == all {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    condition.origin,
                    "private addresses",
                    "`aws:SourceIp` never is a private address",
                )
                .because(key(condition))
                .help("test `aws:VpcSourceIp` together with `aws:SourceVpc`");
            findings.add(draft);
        }
    }
}
