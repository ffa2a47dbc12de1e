//! POD202 `association-role-unknown`.

use crate::check::{Check, rule};

rule! {
    /// Flags an association whose role does not exist, where all roles of the account are known.
    ///
    /// # Why it matters
    ///
    /// The name is misspelt, or the role was made anew under another path.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -            association: { role: hop, targetRole: vault:reader }
    /// +            association: { role: arn:aws:iam::111122223333:role/hopp, targetRole: vault:reader }
    /// ```
    "POD202" "association-role-unknown", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause;
}
