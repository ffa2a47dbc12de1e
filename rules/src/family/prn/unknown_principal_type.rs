//! PRN102 `unknown-principal-type`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a type of principal other than `AWS`, `Service`, `Federated` and `CanonicalUser`.
    ///
    /// # Why it matters
    ///
    /// AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"Role": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "PRN102" "unknown-principal-type", High Break High,
    needs: [Policies], aws: ["INVALID_PRINCIPAL_KEY"], fix: None, Check::Mistake(&[Mistake::PrincipalType]);
}
