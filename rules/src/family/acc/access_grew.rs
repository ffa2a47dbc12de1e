//! ACC103 `access-grew`.

use crate::check::{Check, rule};
use crate::promise::compared;

rule! {
    /// Flags a pod that can read or replace the value of an object, and could not in the world that `--against` names.
    ///
    /// # Why it matters
    ///
    /// A review sees the lines that changed, not the paths that they open: a wider pattern, a removed condition, one more association.
    /// `--against` takes a directory, for example a checkout of the main branch, or a snapshot that `ascp-policy snapshot` wrote.
    ///
    /// Narrow the statement that allows it. When the access is meant, accept the finding with a reason: another way through the same
    /// statement is a new finding.
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
    /// # When to allow it
    ///
    /// A new object that a pod mounts is not reported. What was undecided before is not reported; how many ways are
    /// undecided now and were refused is told as info.
    "ACC103" "access-grew", High Leak High,
    needs: [Against], aws: [], fix: None, Check::World(compared::grown);
}
