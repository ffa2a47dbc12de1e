//! ACC101 `expected-access-refused`.

use crate::check::{Check, rule};
use crate::promise::promised;

rule! {
    /// Flags a promise under `expect` that a pod can do something, when it is refused.
    ///
    /// # Why it matters
    ///
    /// Somebody wrote down what must work. Nothing mounts the object yet, or the promise asks for more than a mount: where the mount of
    /// that pod fails for the same reason, the finding is that mount's, at its cause.
    ///
    /// Change what refuses, which the finding names with its place, or correct the promise.
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
    /// # When to allow it
    ///
    /// Never: remove a promise that no longer is one. A promise that depends on a missing fact is not reported; `ascp-policy test` tells
    /// it as undecided.
    "ACC101" "expected-access-refused", High Break High,
    needs: [Promises], aws: [], fix: None, Check::World(promised::refused);
}
