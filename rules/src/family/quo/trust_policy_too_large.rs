//! QUO105 `trust-policy-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::quota;
use crate::finding::Findings;
use crate::rule::option::MAX_CHARACTERS;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a trust policy of more than 4,096 characters without white space.
    ///
    /// # Why it matters
    ///
    /// AWS rejects a larger policy, and the deployment fails. The default quota is 2,048 characters, and AWS raises it to at
    /// most 4,096 on request.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Version": "2012-10-17", "Id": "@4200", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": "sts:AssumeRole"}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use conditions instead of long lists of principals:
    ///
    /// ```json trust
    /// {"Version": "2012-10-17", "Id": "@100", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": "sts:AssumeRole"}}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    "QUO105" "trust-policy-too-large", Medium Break High,
    properties: [JudgesOversized], options: [MAX_CHARACTERS], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind == PolicyType::Trust {
        let most = context.settings.number(&RULE, &MAX_CHARACTERS);
        let draft = quota::too_large(context.sources, document);
        findings.extend(draft.or_else(|| quota::beyond(context.sources, document, most)));
    }
}
