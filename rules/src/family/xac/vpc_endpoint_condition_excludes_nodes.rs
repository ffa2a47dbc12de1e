//! XAC114 `vpc-endpoint-condition-excludes-nodes`.

use crate::check::{Check, rule};

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
    needs: [Clusters], aws: [], fix: None, Check::Cause;
}
