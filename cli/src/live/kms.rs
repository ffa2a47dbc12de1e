//! Keys, with their policies, aliases, grants and tags.

use super::{
    Failure,
    answers::{answers, item},
    call::{Calls, DESCRIBE_KEY, KEY_POLICY, KEY_TAGS, LIST_ALIASES, LIST_GRANTS, LIST_KEYS, each},
};
use aws_config::SdkConfig;
use aws_sdk_kms::{
    Client,
    types::{GrantListEntry, KeyManagerType},
};
use loader::{Answer, Answers, Item};
use serde_json::{Value, json};

/// The answers, and the keys of which not every grant could be read.
pub(super) async fn read(
    settings: &SdkConfig,
    calls: &Calls,
) -> Result<(Vec<Answers>, Vec<String>), Failure> {
    let client = &Client::new(settings);
    let keys = client.list_keys().into_paginator().send().try_collect();
    let aliases = client.list_aliases().into_paginator().send().try_collect();
    let (keys, aliases) = tokio::try_join!(
        calls.ask(LIST_KEYS, "", keys),
        calls.ask(LIST_ALIASES, "", aliases),
    )?;
    let pages = keys.unwrap_or_default();
    let keys = pages.iter().flat_map(|page| page.keys());
    let arns = keys.filter_map(|key| key.key_arn());
    let found = each(arns, |arn| one(client, calls, arn)).await?;
    let aliases = aliases.unwrap_or_default();
    let aliases = aliases.iter().flat_map(|page| page.aliases());
    let aliases = aliases.map(|alias| {
        let answer = json!({
            "AliasName": alias.alias_name(),
            "AliasArn": alias.alias_arn(),
            "TargetKeyId": alias.target_key_id(),
        });
        item(
            alias.alias_arn().unwrap_or_default(),
            json!({ "Aliases": [answer] }),
        )
    });
    let all = |take: fn(&Found) -> Option<Item>| found.iter().filter_map(take).collect();
    let unread = found.iter().filter_map(|one| one.unread_grants.clone());
    let answers = vec![
        answers(
            "kms describe-key",
            Answer::KeyMetadata,
            all(|one| one.metadata.clone()),
        ),
        answers("kms list-aliases", Answer::KeyAliases, aliases.collect()),
        answers(
            "kms get-key-policy",
            Answer::KeyPolicy,
            all(|one| one.policy.clone()),
        ),
        answers(
            "kms list-grants",
            Answer::KeyGrants,
            all(|one| one.grants.clone()),
        ),
        answers(
            "kms list-resource-tags",
            Answer::KeyTags,
            all(|one| one.tags.clone()),
        ),
    ];
    Ok((answers, unread.collect()))
}

/// What is known of a key.
#[derive(Default)]
struct Found {
    metadata: Option<Item>,
    policy: Option<Item>,
    grants: Option<Item>,
    tags: Option<Item>,
    unread_grants: Option<String>,
}

async fn one(client: &Client, calls: &Calls, arn: &str) -> Result<Found, Failure> {
    let description = client.describe_key().key_id(arn).send();
    let description = calls.ask(DESCRIBE_KEY, arn, description).await?;
    let metadata = description.as_ref().and_then(|one| one.key_metadata());
    let is_aws = metadata.is_some_and(|one| one.key_manager() == Some(&KeyManagerType::Aws));
    let answer = json!({
        "Arn": arn,
        "KeyManager": metadata.and_then(|one| one.key_manager()).map(KeyManagerType::as_str),
        "Enabled": metadata.map(|one| one.enabled()),
    });
    let mut found = Found {
        metadata: Some(item(arn, json!({ "KeyMetadata": answer }))),
        ..Found::default()
    };
    // The policy of AWS's own keys is known, and nobody grants on them. A key of which nobody knows whether it is enabled
    // is one of which nothing is known.
    if is_aws || metadata.is_none() {
        return Ok(found);
    }
    let policy = client
        .get_key_policy()
        .key_id(arn)
        .policy_name("default")
        .send();
    let grants = client
        .list_grants()
        .key_id(arn)
        .into_paginator()
        .send()
        .try_collect();
    let tags = client
        .list_resource_tags()
        .key_id(arn)
        .into_paginator()
        .send()
        .try_collect();
    let (policy, grants, tags) = tokio::try_join!(
        calls.ask(KEY_POLICY, arn, policy),
        calls.ask(LIST_GRANTS, arn, grants),
        calls.ask(KEY_TAGS, arn, tags),
    )?;
    found.policy = policy.map(|one| item(arn, json!({ "Policy": one.policy() })));
    let pages = grants.as_deref().unwrap_or_default();
    let all = || pages.iter().flat_map(|page| page.grants());
    // A grant that only counts for a source is told as one that may count for anybody.
    let is_limited = |grant: &GrantListEntry| {
        grant
            .constraints()
            .is_some_and(|one| one.source_arn().is_some())
    };
    let is_unread = grants.is_none() || all().any(is_limited);
    found.unread_grants = is_unread.then(|| arn.to_owned());
    let told: Value = all()
        .filter(|one| !is_limited(one))
        .map(|one| grant(arn, one))
        .collect();
    found.grants = grants
        .as_ref()
        .map(|_| item(arn, json!({ "Grants": told })));
    found.tags = tags.map(|pages| {
        let tags = pages.iter().flat_map(|page| page.tags());
        let tags = tags.map(|tag| json!({ "TagKey": tag.tag_key(), "TagValue": tag.tag_value() }));
        item(arn, json!({ "Tags": tags.collect::<Value>() }))
    });
    Ok(found)
}

fn grant(arn: &str, grant: &GrantListEntry) -> Value {
    let operations = grant.operations().iter();
    let constraints = grant.constraints().map(|constraints| {
        json!({
            "EncryptionContextSubset": constraints.encryption_context_subset(),
            "EncryptionContextEquals": constraints.encryption_context_equals(),
        })
    });
    json!({
        "KeyId": arn,
        "GrantId": grant.grant_id(),
        "GranteePrincipal": grant.grantee_principal(),
        "Operations": operations.map(|one| one.as_str()).collect::<Value>(),
        "Constraints": constraints,
    })
}
