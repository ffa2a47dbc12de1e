//! ARN104 `arn-prefix-missing`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a resource that does not begin with `arn:` and is not `*`.
    ///
    /// # Why it matters
    ///
    /// Nothing has that name; AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "aws:kms:us-east-1:111122223333:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"}
    /// ```
    "ARN104" "arn-prefix-missing", High Break High,
    needs: [Policies], aws: ["INVALID_ARN_PREFIX"], fix: None, Check::Mistake(&[Mistake::ResourceShape]);
}
