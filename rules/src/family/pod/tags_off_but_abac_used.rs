//! POD210 `tags-off-but-abac-used`.

use crate::check::{Check, rule};

rule! {
    /// Flags an association without session tags whose pod is let in by tags only.
    ///
    /// # Why it matters
    ///
    /// The variables stay empty, the condition never holds, and all access ends.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "disableSessionTags": false
    /// +    "disableSessionTags": true
    /// ```
    "POD210" "tags-off-but-abac-used", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause;
}
