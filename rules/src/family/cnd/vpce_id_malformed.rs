//! CND113 `vpce-id-malformed`.

use crate::conditions::{each, key, literal_values};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::rule::{Check, rule};

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
    for (statement, condition) in
        each(document).filter(|(_, one)| key(one).eq_ignore_ascii_case("aws:SourceVpce"))
    {
        for (value, place) in literal_values(condition) {
            if crate::conditions::is_id(value, "vpce-") {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "no such id",
                    format!("`{value}` is no id of a VPC endpoint"),
                )
                .because(value)
                .help("vpce- and 8 or 17 hexadecimal digits");
            findings.add(draft);
        }
    }
}
