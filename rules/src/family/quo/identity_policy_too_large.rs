//! QUO103 `identity-policy-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, quota};
use crate::finding::Findings;
use crate::rule::Severity;
use policy_engine::policy::PolicyDocument;
use std::sync::Arc;

rule! {
    /// Flags an identity policy or boundary of more than 6,144 characters, or a session policy of more than 2,048 characters.
    ///
    /// # Why it matters
    ///
    /// AWS rejects a larger policy, and the deployment fails. The inline policies of one role have a common quota of 10,240
    /// characters.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Id": "@6200", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use patterns or tags instead of long lists, or split the policy:
    ///
    /// ```json identity
    /// {"Version": "2012-10-17", "Id": "@100", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    "QUO103" "identity-policy-too-large", Medium Break High,
    properties: [JudgesOversized], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !document.is_identity() || fits_inline(context, document) {
        return;
    }
    let Some(draft) = quota::too_large(context.sources, document) else {
        return;
    };
    let size = size(context, document);
    findings.add(if is_of_unknown_use(context, document) && size <= INLINE {
        let note = format!("the inline policies of a role can have {INLINE} characters together");
        draft.severity(Severity::Info).note(note)
    } else {
        draft
    });
}

/// Whether a document can be a managed policy as well as an inline policy.
fn is_of_unknown_use(context: &Context<'_>, document: &Document<'_>) -> bool {
    let mut managed = context.inventory.policies.iter();
    matches!(document.owner, Owner::Nothing)
        && !document.is_beyond()
        && !managed.any(|policy| Arc::ptr_eq(&policy.document, document.policy))
}

/// The characters of a document without white space.
fn size(context: &Context<'_>, document: &Document<'_>) -> usize {
    let origin = document.policy.origin;
    let source = context.sources.get(origin.source);
    let text = source.map_or("", |source| source.slice(origin.span));
    let letters = text.chars();
    letters.filter(|letter| !letter.is_whitespace()).count()
}

/// The characters of all inline policies of a role together.
///
/// AWS IAM User Guide, "IAM and AWS STS quotas", section "IAM and STS character limits".
const INLINE: usize = 10_240;

/// Whether a document is an inline policy of a role within its quota.
fn fits_inline(context: &Context<'_>, document: &Document<'_>) -> bool {
    let Owner::Role(role) = document.owner else {
        return false;
    };
    let is_own = |policy: &Arc<PolicyDocument>| Arc::ptr_eq(policy, document.policy);
    let is_inline = role.inline.list.iter().any(is_own);
    is_inline && !document.is_beyond() && size(context, document) <= INLINE
}
