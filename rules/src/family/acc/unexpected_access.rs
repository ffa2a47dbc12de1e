//! ACC102 `unexpected-access`.

use crate::check::{Check, rule};
use crate::promise::promised;

rule! {
    /// Flags a promise under `expect` that a pod cannot do something, or that only some pods read an object, when the engine allows it.
    ///
    /// # Why it matters
    ///
    /// Somebody wrote down what must never be possible, and it is. The finding shows the request that is allowed, and each place that
    /// allows it.
    ///
    /// Narrow one of the statements that allow it, or correct the promise.
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
    /// # When to allow it
    ///
    /// Never: remove a promise that no longer is one. A promise with `because` whose stage does not refuse by itself, while another one
    /// does, is reported as medium: today nothing is open.
    "ACC102" "unexpected-access", Critical Leak High,
    needs: [Promises], aws: [], fix: None, Check::World(promised::unexpected);
}
