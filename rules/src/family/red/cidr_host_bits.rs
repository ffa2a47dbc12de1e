//! RED113 `cidr-host-bits`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a range of addresses with bits set beyond its length.
    ///
    /// # Why it matters
    ///
    /// They have no effect, and hide which addresses are meant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    /// ```
    "RED113" "cidr-host-bits", Info Style High,
    needs: [Policies], aws: ["IMPROVE_IP_RANGE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document).filter(|(_, condition)| {
        condition
            .parsed
            .is_some_and(|operator| operator.comparison == Comparison::IpAddress)
    }) {
        for (value, place) in literal_values(condition) {
            let Some(network) =
                crate::document::addresses::network(value).filter(|network| network != value)
            else {
                continue;
            };
            let draft = document.in_statement(
                statement,
                place,
                "bits beyond its length",
                format!("`{value}` means {network}"),
            );
            findings.add(draft.because(value).help(format!("\"{network}\"")));
        }
    }
}
