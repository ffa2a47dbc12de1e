//! KMS108 `alias-in-resource`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Ground, Refusal};

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
    needs: [Roles], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let missed = refusal.resource(|ground| ground == Ground::Decrypt)?;
    let mut wanted = missed.miss.wanted.iter();
    let is_alias = wanted.any(|wanted| wanted.contains(":alias/"));
    is_alias.then(|| refusal.draft(case))
}
