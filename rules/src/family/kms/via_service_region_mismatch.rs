//! KMS103 `via-service-region-mismatch`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};

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
    needs: [Keys], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    names_store(via_service(refusal)?).then(|| refusal.draft(case))
}

/// The services that a test of `kms:ViaService` on `kms:Decrypt` requires.
pub(super) fn via_service<'a>(refusal: &Refusal<'a>) -> Option<&'a [String]> {
    let miss = refusal.decrypt_condition()?;
    let key = miss.key.as_deref()?;
    let is_key = key.eq_ignore_ascii_case("kms:ViaService");
    is_key.then_some(miss.wanted.as_slice())
}

/// Whether one of some services keeps the objects that pods mount.
pub(super) fn names_store(services: &[String]) -> bool {
    let stores = ["secretsmanager.", "ssm."];
    let mut services = services.iter();
    services.any(|service| stores.iter().any(|store| service.starts_with(store)))
}
