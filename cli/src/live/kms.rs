//! Keys, with their policies, aliases, grants and tags.

use super::{
    answers::{answers, item},
    call::{Calls, DESCRIBE_KEY, KEY_POLICY, KEY_TAGS, LIST_ALIASES, LIST_GRANTS, LIST_KEYS, each},
    home::Failure,
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
    let details = each(arns, |arn| describe(client, calls, arn)).await?;
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
    let all = |take: fn(&Details) -> Option<Item>| details.iter().filter_map(take).collect();
    let unread = details
        .iter()
        .filter_map(|answer| answer.unread_grants.clone());
    let answers = vec![
        answers(
            "kms describe-key",
            Answer::KeyMetadata,
            all(|answer| answer.metadata.clone()),
        ),
        answers("kms list-aliases", Answer::KeyAliases, aliases.collect()),
        answers(
            "kms get-key-policy",
            Answer::KeyPolicy,
            all(|answer| answer.policy.clone()),
        ),
        answers(
            "kms list-grants",
            Answer::KeyGrants,
            all(|answer| answer.grants.clone()),
        ),
        answers(
            "kms list-resource-tags",
            Answer::KeyTags,
            all(|answer| answer.tags.clone()),
        ),
    ];
    Ok((answers, unread.collect()))
}

/// The answers about a key.
#[derive(Default)]
struct Details {
    metadata: Option<Item>,
    policy: Option<Item>,
    grants: Option<Item>,
    tags: Option<Item>,
    unread_grants: Option<String>,
}

async fn describe(client: &Client, calls: &Calls, arn: &str) -> Result<Details, Failure> {
    let description = client.describe_key().key_id(arn).send();
    let description = calls.ask(DESCRIBE_KEY, arn, description).await?;
    let metadata = description
        .as_ref()
        .and_then(|answer| answer.key_metadata());
    let is_aws =
        metadata.is_some_and(|metadata| metadata.key_manager() == Some(&KeyManagerType::Aws));
    let answer = json!({
        "Arn": arn,
        "KeyManager": metadata.and_then(|metadata| metadata.key_manager()).map(KeyManagerType::as_str),
        "Enabled": metadata.map(|metadata| metadata.enabled()),
    });
    let mut details = Details {
        metadata: Some(item(arn, json!({ "KeyMetadata": answer }))),
        ..Details::default()
    };
    // AWS managed keys have a fixed policy and no grants. A key whose state is unknown
    // stays unknown as a whole.
    if is_aws || metadata.is_none() {
        return Ok(details);
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
    details.policy = policy.map(|answer| item(arn, json!({ "Policy": answer.policy() })));
    let pages = grants.as_deref().unwrap_or_default();
    let all = || pages.iter().flat_map(|page| page.grants());
    // A grant with a source constraint counts as a grant that may apply to any caller.
    let is_limited = |grant: &GrantListEntry| {
        grant
            .constraints()
            .is_some_and(|grant| grant.source_arn().is_some())
    };
    let is_unread = grants.is_none() || all().any(is_limited);
    details.unread_grants = is_unread.then(|| arn.to_owned());
    let list: Value = all()
        .filter(|grant| !is_limited(grant))
        .map(|entry| grant(arn, entry))
        .collect();
    details.grants = grants
        .as_ref()
        .map(|_| item(arn, json!({ "Grants": list })));
    details.tags = tags.map(|pages| {
        let tags = pages.iter().flat_map(|page| page.tags());
        let tags = tags.map(|tag| json!({ "TagKey": tag.tag_key(), "TagValue": tag.tag_value() }));
        item(arn, json!({ "Tags": tags.collect::<Value>() }))
    });
    Ok(details)
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
        "Operations": operations.map(|operation| operation.as_str()).collect::<Value>(),
        "Constraints": constraints,
    })
}
