//! PRN201 `principal-unknown-shape`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a group as a principal.
    ///
    /// # Why it matters
    ///
    /// A group is no identity that can be authenticated; AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:group/admins"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "PRN201" "principal-unknown-shape", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Mistake(&[Mistake::PrincipalGroup]);
}
