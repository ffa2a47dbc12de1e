//! POD201 `association-role-in-other-account`.

use crate::check::{Check, rule};

rule! {
    /// Flags an association whose role is not in the account of the cluster.
    ///
    /// # Why it matters
    ///
    /// EKS refuses it, because whoever makes an association must be able to pass the role. Another account is reached by a
    /// target role or by resource policies.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=POD202
    /// -            association: { role: hop, targetRole: vault:reader }
    /// +            association: { role: vault:reader }
    /// ```
    "POD201" "association-role-in-other-account", High Break High,
    needs: [Associations, Clusters], aws: [], fix: None, Check::Cause;
}
