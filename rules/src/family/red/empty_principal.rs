//! RED109 `empty-principal`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags an empty `Principal` object.
    ///
    /// # Why it matters
    ///
    /// The statement matches nobody.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "RED109" "empty-principal", Info Style High,
    needs: [Policies], aws: ["EMPTY_OBJECT_PRINCIPAL"], fix: None, Check::Mistake(&[Mistake::EmptyPrincipal]);
}
