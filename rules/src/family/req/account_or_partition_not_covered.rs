//! REQ106 `account-or-partition-not-covered`.

use crate::check::{Check, rule};

rule! {
    /// Flags a policy that names the objects of another account or partition than the mounted one.
    ///
    /// # Why it matters
    ///
    /// A module was taken over, and the ids in it were not.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// +              Resource: arn:aws:ssm:us-east-1:444455556666:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// ```
    "REQ106" "account-or-partition-not-covered", High Break High,
    needs: [Roles], aws: [], fix: None, Check::Cause;
}
