//! KMS113 `replica-key-policy-gap`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags the key of a replica in the failover region that does not let the reading role decrypt, while the key of the first region
    /// does.
    ///
    /// # Why it matters
    ///
    /// Each region has a key of its own with a policy of its own, also where it is a replica of a multi-region key. The gap shows
    /// when the first region fails.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              association: { role: hop, targetRole: vault:reader }
    /// -            mounts: [vault:dev/db]
    /// +            mounts:
    /// +              - { object: vault:dev/db, failover: us-west-2 }
    /// @@
    /// -              Resource: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-??????
    /// +              Resource: arn:aws:secretsmanager:*:444455556666:secret:dev/db-??????
    ///              - Effect: Allow
    ///                Action: kms:Decrypt
    /// -              Resource: arn:aws:kms:us-east-1:444455556666:key/*
    /// -              Condition: *through-secrets-manager
    /// +              Resource: arn:aws:kms:*:444455556666:key/*
    /// +              Condition:
    /// +                StringLike: { kms:ViaService: secretsmanager.*.amazonaws.com }
    ///      keys:
    /// +      west:
    /// +        region: us-west-2
    /// +        policy:
    /// +          - Sid: Owner
    /// +            Effect: Allow
    /// +            Principal: { AWS: arn:aws:iam::444455556666:root }
    /// +            Action: [kms:DescribeKey, kms:GetKeyPolicy, kms:PutKeyPolicy]
    /// +            Resource: "*"
    /// @@
    ///          key: vault
    /// +        replicas:
    /// +          us-west-2: { key: west }
    /// ```
    "KMS113" "replica-key-policy-gap", High Break High,
    needs: [Keys], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::KeyPolicy(key) = refusal else {
        return None;
    };
    key.first_region.map(|_| refusal.draft(case))
}
