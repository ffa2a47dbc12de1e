//! REQ105 `region-not-covered`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

rule! {
    /// Flags a policy that names the objects of another region than the one that is asked.
    ///
    /// # Why it matters
    ///
    /// With a failover region both regions are called; a refusal in one of them goes unnoticed until the other one fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// +              Resource: arn:aws:ssm:eu-west-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// ```
    "REQ105" "region-not-covered", High Break High,
    needs: [Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let missed = refusal.resource(Ground::is_permission)?;
    missed.is_other_region().then(|| refusal.draft(case))
}
