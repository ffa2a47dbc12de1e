//! XAC114 `vpc-endpoint-condition-excludes-nodes`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags the policy of a VPC endpoint that does not let the nodes' calls through.
    ///
    /// # Why it matters
    ///
    /// A mount is done on the node, through the node's network.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              Principal: "*"
    /// -            Action: secretsmanager:*
    /// +            Action: secretsmanager:ListSecrets
    /// ```
    "XAC114" "vpc-endpoint-condition-excludes-nodes", Low Break High,
    needs: [Clusters], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    refusal.general(case, Ground::Endpoint)
}
