//! KMS108 `alias-in-resource`.

use crate::check::{Check, rule};

rule! {
    /// Flags an alias as the resource of `kms:Decrypt`.
    ///
    /// # Why it matters
    ///
    /// A policy matches the ARN of the key. The ARN of an alias counts only for the actions on aliases.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            decrypt:
    ///              - Effect: Allow
    ///                Action: kms:Decrypt
    /// -              Resource: arn:aws:kms:us-east-1:444455556666:key/*
    /// +              Resource: arn:aws:kms:us-east-1:444455556666:alias/vault
    /// ```
    "KMS108" "alias-in-resource", High Break High,
    needs: [Roles], aws: [], fix: None, Check::Cause;
}
