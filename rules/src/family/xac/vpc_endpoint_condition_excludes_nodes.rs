//! XAC114 `vpc-endpoint-condition-excludes-nodes`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};
use crate::rule::Severity;

rule! {
    /// Flags the policy of a VPC endpoint that does not allow the calls of a cluster's nodes, and a Deny that excludes the
    /// network of the nodes.
    ///
    /// # Why it matters
    ///
    /// The provider runs on the node and calls AWS through the node's network and its VPC endpoint. AWS denies the mount if
    /// the endpoint policy does not allow the call, even if all other policies allow it.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              Principal: "*"
    /// -            Action: secretsmanager:*
    /// +            Action: secretsmanager:ListSecrets
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow the read actions in the policy of the endpoint:
    ///
    /// ```yaml
    /// Principal: "*"
    /// Action: secretsmanager:*
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_vpc_endpoint_policy" "secrets" {
    ///   vpc_endpoint_id = aws_vpc_endpoint.secretsmanager.id
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = "*"
    ///       Action    = "secretsmanager:*"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    "XAC114" "vpc-endpoint-condition-excludes-nodes", Low Break High,
    needs: [Clusters], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let denied = refusal.general(case, Ground::DeniedNetwork);
    denied
        .map(|draft| draft.severity(Severity::High))
        .or_else(|| refusal.general(case, Ground::Endpoint))
}
