//! KMS107 `key-unusable`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a key that is disabled, waits for its deletion, or does not exist.
    ///
    /// # Why it matters
    ///
    /// Nothing that it encrypts can be read.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        vault:
    ///          aliases: [alias/vault]
    /// +        enabled: false
    /// ```
    "KMS107" "key-unusable", High Break High,
    properties: [Generic], needs: [Keys], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let draft = match refusal {
        Refusal::Fault(Fault::NoKey(name)) => case
            .at(
                case.decided(),
                "no such key",
                case.message(&format!("its key `{name}` does not exist")),
            )
            .help("name an existing key of the same region"),
        Refusal::Fault(Fault::KeyDisabled) => case
            .at(
                case.decided(),
                "disabled",
                case.message("its key is disabled"),
            )
            .help("enable the key"),
        _ => return None,
    };
    Some(draft)
}
