//! ACC102 `unexpected-access`.

use crate::check::{Check, rule};
use crate::promise::promised;

rule! {
    /// Flags an expectation under `expect` that a pod cannot do something, or that only some pods read an object, if AWS
    /// allows the access.
    ///
    /// # Why it matters
    ///
    /// The expectation documents access that must never be possible, and the pod has it. The finding shows the allowed
    /// request and each statement that allows it.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// +expect:
    /// +  pods:
    /// +    prod:dev/app:
    /// +      cannot: [read shop:dev/local]
    /// +
    ///  include:
    /// ```
    ///
    /// # Accepted
    ///
    /// Narrow one of the statements that allow the access, or correct the expectation:
    ///
    /// ```yaml
    /// expect:
    ///   pods:
    ///     prod:qa/app:
    ///       cannot: [read shop:dev/local]
    /// ```
    ///
    /// # When to allow it
    ///
    /// Never: remove an expectation that no longer applies. An expectation with `because` has severity medium if another
    /// stage than the named one denies the access: the access is not open today.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    "ACC102" "unexpected-access", Critical Leak High,
    needs: [Promises], aws: [], fix: None, Check::World(promised::unexpected);
}
