//! PRN103 `missing-principal`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a statement without `Principal` in a policy that hangs on a resource.
    ///
    /// # Why it matters
    ///
    /// It matches nobody.
    ///
    /// # Flagged
    ///
    /// ```json key
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json key
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    "PRN103" "missing-principal", High Break High,
    needs: [Policies], aws: ["MISSING_PRINCIPAL"], fix: None, Check::Mistake(&[Mistake::NoPrincipal]);
}
