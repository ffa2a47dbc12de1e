//! POD105 `trust-source-arn-not-cluster`.

use crate::rule::{Check, rule};

rule! {
    /// Flags a trust policy whose `aws:SourceArn` cannot be the cluster that asks.
    ///
    /// # Why it matters
    ///
    /// EKS sends the ARN of the cluster. A pattern for something else, an association for instance, looks more precise and
    /// matches nothing.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +              ArnLike: { aws:SourceArn: "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/*" }
    /// ```
    ///
    /// # References
    ///
    /// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    "POD105" "trust-source-arn-not-cluster", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause;
}
