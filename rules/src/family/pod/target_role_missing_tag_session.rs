//! POD302 `target-role-missing-tag-session`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::finding::Grade;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags a target role that the first role may assume, but not with the session tags of the first role.
    ///
    /// # Why it matters
    ///
    /// The tags of a Pod Identity session are transitive: STS sets them again on the session of the target role and requires
    /// `sts:TagSession` on both sides. IRSA sessions have no such tags, so the same trust policy often worked before the move
    /// to Pod Identity.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            into-vault:
    ///              - Effect: Allow
    /// -              Action: [sts:AssumeRole, sts:TagSession]
    /// +              Action: sts:AssumeRole
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow `sts:TagSession` beside `sts:AssumeRole`, in the policy of the first role and in the trust policy of the target
    /// role:
    ///
    /// ```yaml
    /// into-vault:
    ///   - Effect: Allow
    ///     Action: [sts:AssumeRole, sts:TagSession]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "into_vault" {
    ///   statement {
    ///     actions   = ["sts:AssumeRole", "sts:TagSession"]
    ///     resources = ["arn:aws:iam::444455556666:role/reader"]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: adds `sts:TagSession` on the side that lacks it.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "POD302" "target-role-missing-tag-session", High Break High,
    needs: [Associations, Roles], aws: [], fix: Some(Grade::Repair), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Chain(chain) = refusal else {
        return None;
    };
    if chain.action() != "sts:TagSession" {
        return None;
    }
    let mut draft = refusal.draft(case);
    let without =
        "set \"disableSessionTags\": true of the association, if no policy tests session tags";
    draft.help = Some(match draft.help {
        Some(help) => format!("{help}; or {without}"),
        None => without.to_owned(),
    });
    Some(draft)
}
