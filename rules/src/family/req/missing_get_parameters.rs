//! REQ103 `missing-get-parameters`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a mounted parameter that the pod's role may not read with `ssm:GetParameters`.
    ///
    /// # Why it matters
    ///
    /// The provider asks for parameters in batches, with the plural call only.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Action: ssm:GetParameters
    /// +              Action: ssm:GetParameter
    /// ```
    "REQ103" "missing-get-parameters", High Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::GetParameters)
}
