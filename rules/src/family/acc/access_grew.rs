//! ACC103 `access-grew`.

use crate::check::{Check, rule};
use crate::promise::compared;

rule! {
    /// Flags a pod that can read or replace the value of an object, and could not do so in the world of `--against`.
    ///
    /// # Why it matters
    ///
    /// A review shows the changed lines, but not the access that they open: a wider pattern, a removed condition, or one more
    /// association. `--against` takes a directory, such as a checkout of the main branch, or a file that `ascp-policy
    /// snapshot` wrote.
    ///
    /// If the access is intended, accept the finding with a reason. Another path through the same statement is a new finding.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            read-own:
    /// +            - Effect: Allow
    /// +              Action: secretsmanager:GetSecretValue
    /// +              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// ```
    ///
    /// # Accepted
    ///
    /// Narrow the statement that allows the access:
    ///
    /// ```yaml
    /// read-own:
    ///   - Effect: Allow
    ///     Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///     Resource: arn:aws:secretsmanager:*:*:secret:*
    ///     Condition:
    ///       StringEquals:
    ///         aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    ///         aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
    /// ```
    ///
    /// # When to allow it
    ///
    /// The rule does not report a new object that a pod mounts, or access that was undecided before. It reports the number of
    /// paths that were denied before and are undecided now as info.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    "ACC103" "access-grew", High Leak High,
    needs: [Against], aws: [], fix: None, Check::World(compared::grown);
}
