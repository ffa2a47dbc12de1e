//! REQ106 `account-or-partition-not-covered`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

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
    needs: [Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let missed = refusal.resource(Ground::is_permission)?;
    let is_other = missed.is_other_account() && !missed.is_other_region();
    is_other.then(|| refusal.draft(case))
}
