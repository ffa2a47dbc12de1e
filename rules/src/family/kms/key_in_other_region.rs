//! KMS109 `key-in-other-region`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::inventory::KeyRef;
use policy_engine::inventory::find::Object;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a secret, or a replica of a secret, with a key of another region.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager uses only keys of the region in which the secret or replica is stored. The secret cannot be created or
    /// read with this key.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/db:
    ///          suffix: AbCdEf
    /// -        key: vault
    /// +        key: arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f
    /// ```
    ///
    /// # Accepted
    ///
    /// Use a key of the same region:
    ///
    /// ```yaml
    /// dev/db:
    ///   suffix: AbCdEf
    ///   key: vault
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "db" {
    ///   name       = "dev/db"
    ///   kms_key_id = aws_kms_key.vault.arn # a key of the provider's region
    ///   replica {
    ///     region     = "us-west-2"
    ///     kms_key_id = aws_kms_key.west.arn
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
    "KMS109" "key-in-other-region", High Break High,
    needs: [Secrets], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for secret in &context.inventory.secrets {
        let display = Object::Secret(secret).display(context.inventory);
        let replicas = secret
            .replicas
            .list
            .iter()
            .map(|replica| (replica.region.value.as_str(), &replica.key));
        for (region, used) in std::iter::once((secret.region.as_str(), &secret.key)).chain(replicas)
        {
            let KeyRef::Named(name) = used else { continue };
            let of_key = context
                .inventory
                .find_key(&name.value, &secret.account, region)
                .map(|key| key.region.as_str());
            let Some(other) = of_key
                .or_else(|| Arn::parse(&name.value).map(|arn| arn.region))
                .filter(|other| *other != region)
            else {
                continue;
            };
            let draft = Draft::new(
                &*display,
                name.origin,
                format!("a key in {other}"),
                format!("`{display}` is in {region}, and its key is in {other}"),
            )
            .because(&*name.value)
            .help(format!("use a key in {region}"));
            findings.add(draft);
        }
    }
}
