//! XAC111 `parameter-not-shareable`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a mounted parameter of another account that is not shared with it.
    ///
    /// # Why it matters
    ///
    /// Parameters have no resource policy of their own making: they are shared through AWS RAM, and only those of the advanced
    /// tier.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              association: { role: hop, targetRole: vault:reader }
    /// -            mounts: [vault:dev/db]
    /// +            mounts: [vault:dev/db, shop:/dev/url]
    /// @@
    ///          policies:
    ///            read-dev:
    /// +            - Effect: Allow
    /// +              Action: ssm:GetParameters
    /// +              Resource: arn:aws:ssm:us-east-1:111122223333:parameter/dev/*
    ///              - Effect: Allow
    /// ```
    "XAC111" "parameter-not-shareable", High Break High,
    needs: [Objects], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Share)
}
