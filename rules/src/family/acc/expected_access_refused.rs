//! ACC101 `expected-access-refused`.

use crate::check::{Check, rule};
use crate::promise::promised;

rule! {
    /// Flags an expectation under `expect` that a pod can do something, if AWS denies it.
    ///
    /// # Why it matters
    ///
    /// The expectation documents access that must work, and the pod does not have it. If a mount of the same pod fails for
    /// the same reason, `check` reports the mount at its cause instead.
    ///
    /// The finding names the statement that denies the access, or the missing Allow, with its place.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// +expect:
    /// +  pods:
    /// +    prod:qa/app:
    /// +      can: [read shop:dev/local]
    /// +
    ///  include:
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the access, or correct the expectation:
    ///
    /// ```yaml
    /// expect:
    ///   pods:
    ///     prod:dev/app:
    ///       can: [read shop:dev/local]
    /// ```
    ///
    /// # When to allow it
    ///
    /// Never: remove an expectation that no longer applies. The rule does not report an expectation that depends on a missing
    /// fact; `ascp-policy test` reports it as undecided.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    "ACC101" "expected-access-refused", High Break High,
    needs: [Promises], aws: [], fix: None, Check::World(promised::refused);
}
