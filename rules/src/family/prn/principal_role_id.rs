//! PRN114 `principal-role-id`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags the unique id of a role, `AROA…`, as a principal.
    ///
    /// # Why it matters
    ///
    /// AWS writes it when the role is deleted. A new role of the same name is not let in.
    ///
    /// # Flagged
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLEID12345678"}, "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "PRN114" "principal-role-id", Medium Break High,
    needs: [Policies], aws: ["INVALID_ROLE_REFERENCE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, entry) in crate::document::principals(document) {
        let text = entry.value.text.literal();
        if text.starts_with("AROA") {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    entry.value.origin,
                    "a deleted role",
                    format!("`{text}` is the id of a role that was deleted"),
                )
                .because(text)
                .help("name the role by its ARN, if there is one again");
            findings.add(draft);
        }
    }
}
