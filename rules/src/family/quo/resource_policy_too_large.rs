//! QUO104 `resource-policy-too-large`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::quota;
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags the policy of a secret with more than 20,480 characters, or of a key with more than 32,768 characters.
    ///
    /// # Why it matters
    ///
    /// AWS rejects a larger policy, and the deployment fails. The secret or key keeps its previous policy.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, "Id": "@20500"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use conditions instead of long lists of principals:
    ///
    /// ```json secret
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, "Id": "@200"}
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
    "QUO104" "resource-policy-too-large", Medium Break High,
    properties: [JudgesOversized], needs: [Policies], aws: ["POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if matches!(
        document.kind,
        PolicyType::Resource | PolicyType::Key | PolicyType::Endpoint
    ) {
        findings.extend(quota::too_large(context.sources, document));
    }
}
