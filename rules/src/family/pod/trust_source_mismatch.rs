//! POD106 `trust-source-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a trust policy whose `aws:SourceAccount` or `aws:SourceOrgID` is not that of the cluster.
    ///
    /// # Why it matters
    ///
    /// A role module that was copied to another account works in the old cluster only.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -              StringEquals: { aws:SourceAccount: "111122223333" }
    /// +              StringEquals: { aws:SourceAccount: "444455556666" }
    /// ```
    "POD106" "trust-source-mismatch", High Break High,
    needs: [Associations, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    let key = trust.key().filter(|_| !trust.is_irsa)?;
    matches!(&*key, "aws:sourceaccount" | "aws:sourceorgid").then(|| refusal.draft(case))
}
