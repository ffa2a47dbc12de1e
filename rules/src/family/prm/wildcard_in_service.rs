//! PRM116 `wildcard-in-service`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a wildcard in the service of an action or an ARN.
    ///
    /// # Why it matters
    ///
    /// IAM refuses it; where it is saved it matches nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secrets*:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": "*"}
    /// ```
    "PRM116" "wildcard-in-service", Info Style High,
    needs: [Policies], aws: ["WILDCARD_IN_SERVICE_NAME"], fix: None, Check::Mistake(&[Mistake::ActionService, Mistake::ResourceService]);
}
