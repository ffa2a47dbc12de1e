//! What is stated of secrets and keys that a later file describes: the order of the files decides nothing.

use crate::{
    loading::Loading,
    pending::{Late, LateFact},
};
use policy_engine::{
    inventory::{KmsKey, Secret},
    syntax::arn::Arn,
};

/// Applies pending changes to the resources that are described now, and notes those without a resource.
pub(crate) fn settle(loading: &mut Loading) {
    for late in std::mem::take(&mut loading.late) {
        let Late {
            account,
            id,
            address,
            describes,
            of,
        } = late;
        let inventory = &mut loading.inventory;
        let is_settled = match of {
            LateFact::Secret(change) => {
                secret(&mut inventory.secrets, &id.value, account.as_deref())
                    .map(change)
                    .is_some()
            }
            LateFact::Key(change) => key(&mut inventory.keys, &id.value, account.as_deref())
                .map(change)
                .is_some(),
        };
        if !is_settled {
            let message = format!(
                "`{address}` refers to `{}`, {describes}, so it is left out",
                id.value
            );
            loading.note(message, Some(id.origin));
        }
    }
}

/// The secret of a name or ARN; an ARN may lack the six characters that Secrets Manager adds.
///
/// AWS Secrets Manager API reference, "PutResourcePolicy", `SecretId`.
pub(crate) fn secret<'s>(
    secrets: &'s mut [Secret],
    id: &str,
    account: Option<&str>,
) -> Option<&'s mut Secret> {
    let arn = Arn::parse(id);
    let is_named = |secret: &Secret, name: &str| {
        let is_there = arn.is_some_and(|arn| {
            arn.account == secret.account.as_str() && arn.region == secret.region.as_str()
        });
        is_there && secret.name == name
    };
    let resource = arn.and_then(|arn| arn.resource.strip_prefix("secret:"));
    let is_meant = |secret: &&Secret| {
        secret.arn.to_string() == id
            || (secret.name == id && Some(secret.account.as_str()) == account)
            || resource.is_some_and(|name| is_named(secret, name))
    };
    // A secret whose six characters are unknown has those of the ARN: an account has one secret of a name in a region. Words are
    // of small letters, and the six characters that AWS adds hardly ever.
    let is_random = |suffix: &str| {
        let is_alphanumeric = suffix.chars().all(|letter| letter.is_ascii_alphanumeric());
        let is_word = suffix.chars().all(|letter| letter.is_ascii_lowercase());
        suffix.len() == 6 && is_alphanumeric && !is_word
    };
    let bare = resource.and_then(|name| name.rsplit_once('-'));
    let bare = bare.filter(|(_, suffix)| is_random(suffix));
    let may_be = |secret: &&Secret| {
        !secret.arn.is_known() && bare.is_some_and(|(name, _)| is_named(secret, name))
    };
    let at = secrets
        .iter()
        .rposition(|secret| is_meant(&secret))
        .or_else(|| secrets.iter().rposition(|secret| may_be(&secret)))?;
    secrets.get_mut(at)
}

fn key<'k>(keys: &'k mut [KmsKey], id: &str, account: Option<&str>) -> Option<&'k mut KmsKey> {
    keys.iter_mut().rev().find(|key| {
        let arn = key.arn.to_string();
        let is_own = Some(key.account.as_str()) == account;
        arn == id || (is_own && arn.ends_with(&format!(":key/{id}")))
    })
}
