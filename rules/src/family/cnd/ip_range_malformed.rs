//! CND114 `ip-range-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags an address operator with a value that is neither an address nor a range in CIDR form.
    ///
    /// # Why it matters
    ///
    /// The test never holds.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0-255"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    /// ```
    "CND114" "ip-range-malformed", High Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_IP_RANGE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| operator.comparison != Comparison::IpAddress)
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if crate::document::addresses::range(value).is_some() {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "no range",
                    format!("`{value}` is neither an address nor a range"),
                )
                .because(value)
                .help("write 203.0.113.0/24");
            findings.add(draft);
        }
    }
}
