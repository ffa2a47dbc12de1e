//! POD304 `target-external-id-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a target role that wants another external id than the association's.
    ///
    /// # Why it matters
    ///
    /// EKS makes the external id of an association from its region, account, cluster, namespace and service account, so a target role that
    /// was written for another cluster or workload refuses it.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                sts:ExternalId: us-east-1/111122223333/prod/dev/chained
    /// +                sts:ExternalId: us-east-1/111122223333/old/dev/chained
    /// ```
    "POD304" "target-external-id-mismatch", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Chain(chain) = refusal else {
        return None;
    };
    let is_external = chain.key()?.eq_ignore_ascii_case("sts:ExternalId");
    is_external.then(|| refusal.draft(case))
}
