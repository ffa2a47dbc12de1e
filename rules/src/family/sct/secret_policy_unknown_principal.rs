//! SCT121 `secret-policy-unknown-principal`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal, names_unknown_role};
use policy_engine::evaluator::explain::Element;

rule! {
    /// Flags a secret's policy that names a role that does not exist, where all roles of its account are known.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager refuses to save it; and a saved one turns into an id when the role is deleted.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            - Sid: PodsOfShop
    ///              Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/pods-reader }
    ///              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// ```
    "SCT121" "secret-policy-unknown-principal", High Break High,
    needs: [Secrets, Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Policies(policies) = refusal else {
        return None;
    };
    let miss = policies.miss()?;
    let is_principal = policies.ground() == Ground::Secret && miss.element == Element::Principal;
    (is_principal && names_unknown_role(case, miss)).then(|| refusal.draft(case))
}
