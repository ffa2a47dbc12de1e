//! GRM112 `invalid-sid-characters`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a Sid with other characters than letters and digits, where IAM takes no others.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Sid": "read secrets", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Sid": "ReadSecrets", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "GRM112" "invalid-sid-characters", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_SID"], fix: None, Check::Mistake(&[Mistake::SidCharacters]);
}
