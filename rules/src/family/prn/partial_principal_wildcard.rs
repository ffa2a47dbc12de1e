//! PRN105 `partial-principal-wildcard`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `*` or `?` inside a principal.
    ///
    /// # Why it matters
    ///
    /// A principal is one name, or everyone. Patterns belong into a test of `aws:PrincipalArn`.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app-*"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app-*"}}}
    /// ```
    "PRN105" "partial-principal-wildcard", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_WILDCARD_IN_PRINCIPAL"], fix: None, Check::Mistake(&[Mistake::PrincipalWildcard]);
}
