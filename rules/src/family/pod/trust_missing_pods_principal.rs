//! POD101 `trust-missing-pods-principal`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::finding::Grade;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags an association whose role does not let the service `pods.eks.amazonaws.com` assume it.
    ///
    /// # Why it matters
    ///
    /// EKS cannot assume the role: the pod starts, and every call to AWS fails for want of credentials.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          trust: &pods-of-prod
    ///            - Effect: Allow
    /// -            Principal: { Service: pods.eks.amazonaws.com }
    /// +            Principal: { Service: eks.amazonaws.com }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: the principal is replaced where it is the only one; the role may have been meant for somebody else.
    ///
    /// # References
    ///
    /// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    "POD101" "trust-missing-pods-principal", High Break High,
    properties: [Generic], needs: [Associations, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (!trust.is_irsa && trust.is_about_principal()).then(|| refusal.draft(case))
}
