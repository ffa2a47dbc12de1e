//! GRM101 `wrong-json-type`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a value of another JSON type than its element takes, such as a number where a string must stand.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document, or a tool that is less strict reads something else than its author meant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Version": 20121017, "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    "GRM101" "wrong-json-type", High Break High,
    needs: [Policies], aws: ["DATA_TYPE_MISMATCH"], fix: None, Check::Mistake(&[Mistake::JsonType]);
}
