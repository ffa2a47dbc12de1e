//! SPC105 `object-type-invalid`.

use crate::check::{Check, rule};

rule! {
    /// Flags an `objectType` that the provider does not know, or that contradicts the ARN.
    ///
    /// # Why it matters
    ///
    /// It is compared letter by letter.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -        objectType: ssmparameter
    /// +        objectType: ssm
    /// ```
    "SPC105" "object-type-invalid", High Break High,
    needs: [Classes], aws: [], fix: None, Check::Class;
}
