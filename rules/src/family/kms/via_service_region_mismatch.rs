//! KMS103 `via-service-region-mismatch`.

use crate::check::{Check, rule};

rule! {
    /// Flags a `kms:ViaService` that names another region than the one in which the secret is read.
    ///
    /// # Why it matters
    ///
    /// The value contains the region in which the service is called, so a replica or a failover region needs a value of its own.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            decrypt:
    ///              - Effect: Allow
    ///                Action: kms:Decrypt
    ///                Resource: arn:aws:kms:us-east-1:444455556666:key/*
    ///                Condition: &through-secrets-manager
    /// -                StringEquals: { kms:ViaService: secretsmanager.us-east-1.amazonaws.com }
    /// +                StringEquals: { kms:ViaService: secretsmanager.eu-west-1.amazonaws.com }
    /// ```
    "KMS103" "via-service-region-mismatch", High Break High,
    needs: [Keys], aws: [], fix: None, Check::Cause;
}
