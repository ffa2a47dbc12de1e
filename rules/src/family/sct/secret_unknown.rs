//! SCT113 `secret-unknown`.

use crate::check::{Check, rule};

rule! {
    /// Flags a mounted object that does not exist in its account and region, where all of them are known.
    ///
    /// # Why it matters
    ///
    /// The mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      - objectName: dev/local
    /// +      - objectName: dev/lokal
    ///          objectType: secretsmanager
    /// ```
    "SCT113" "secret-unknown", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause;
}
