//! PRN101 `principal-not-a-map`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a `Principal` that is neither `"*"` nor an object of principal types.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": "arn:aws:iam::111122223333:role/app", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "PRN101" "principal-not-a-map", High Break High,
    needs: [Policies], aws: ["INVALID_PRINCIPAL_FORMAT"], fix: None, Check::Mistake(&[Mistake::PrincipalShape]);
}
