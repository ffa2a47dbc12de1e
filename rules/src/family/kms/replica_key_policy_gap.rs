//! KMS113 `replica-key-policy-gap`.

use crate::check::{Check, rule};
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};

rule! {
    /// Flags the key of a replica in the failover region that does not allow the reading role to decrypt, if the key of the
    /// first region does.
    ///
    /// # Why it matters
    ///
    /// Each region has its own key with its own policy, including replicas of a multi-region key. The pod reads normally
    /// until the first region fails, and then AWS denies the read in the failover region.
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
    ///
    /// # Accepted
    ///
    /// Allow the role in the policy of the replica's key, as in the first region:
    ///
    /// ```yaml
    /// keys:
    ///   west:
    ///     region: us-west-2
    ///     policy:
    ///       - Effect: Allow
    ///         Principal: { AWS: arn:aws:iam::444455556666:root }
    ///         Action: kms:*
    ///         Resource: "*"
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_kms_replica_key" "west" {
    ///   provider        = aws.west
    ///   primary_key_arn = aws_kms_key.vault.arn
    ///   policy          = aws_kms_key.vault.policy
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html>
    /// * <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
    "KMS113" "replica-key-policy-gap", High Break High,
    needs: [Keys], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::KeyPolicy(key) = refusal else {
        return None;
    };
    key.first_region.map(|_| refusal.draft(case))
}
