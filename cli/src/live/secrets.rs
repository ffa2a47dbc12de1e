//! Secrets: everything about them but their values and descriptions.

use super::{
    answers::{answers, item},
    call::{Calls, DESCRIBE_SECRET, LIST_SECRETS, SECRET_POLICY, each},
    home::Failure,
};
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::{
    Client,
    operation::describe_secret::DescribeSecretOutput,
    types::{SecretListEntry, Tag},
};
use aws_smithy_types::{DateTime, date_time::Format};
use loader::{Answer, Answers, Item};
use serde_json::{Value, json};

pub(super) async fn read(settings: &SdkConfig, calls: &Calls) -> Result<Vec<Answers>, Failure> {
    let client = &Client::new(settings);
    let list = client
        .list_secrets()
        .include_planned_deletion(true)
        .into_paginator()
        .send()
        .try_collect();
    let Some(pages) = calls.ask(LIST_SECRETS, "", list).await? else {
        return Ok(Vec::new());
    };
    let secrets = pages.iter().flat_map(|page| page.secret_list());
    let details = each(secrets, |secret| describe(client, calls, secret)).await?;
    let listed = details
        .iter()
        .filter_map(|answer| answer.listed.clone())
        .collect();
    let described = details.iter().filter_map(|answer| answer.described.clone());
    let policies = details.iter().filter_map(|answer| answer.policy.clone());
    Ok(vec![
        answers("secretsmanager list-secrets", Answer::Secret, listed),
        answers(
            "secretsmanager describe-secret",
            Answer::Secret,
            described.collect(),
        ),
        answers(
            "secretsmanager get-resource-policy",
            Answer::SecretPolicy,
            policies.collect(),
        ),
    ])
}

/// The answers about a secret.
struct Details {
    /// The list entry, if the description is denied.
    listed: Option<Item>,
    described: Option<Item>,
    policy: Option<Item>,
}

async fn describe(
    client: &Client,
    calls: &Calls,
    secret: &SecretListEntry,
) -> Result<Details, Failure> {
    let arn = secret.arn().unwrap_or_default();
    let description = client.describe_secret().secret_id(arn).send();
    let policy = client.get_resource_policy().secret_id(arn).send();
    let (description, policy) = tokio::try_join!(
        calls.ask(DESCRIBE_SECRET, arn, description),
        calls.ask(SECRET_POLICY, arn, policy),
    )?;
    let policy = policy.map(|policy| {
        let answer = json!({
            "ARN": arn,
            "Name": secret.name(),
            "ResourcePolicy": policy.resource_policy(),
        });
        item(arn, answer)
    });
    let described = description.map(|described| item(arn, self::described(&described)));
    let listed = || item(arn, self::listed(secret));
    Ok(Details {
        listed: described.is_none().then(listed),
        described,
        policy,
    })
}

fn listed(secret: &SecretListEntry) -> Value {
    json!({
        "ARN": secret.arn(),
        "Name": secret.name(),
        "KmsKeyId": secret.kms_key_id(),
        "DeletedDate": secret.deleted_date().and_then(date),
        "PrimaryRegion": secret.primary_region(),
        "Tags": tags(secret.tags()),
    })
}

fn described(secret: &DescribeSecretOutput) -> Value {
    let replicas = secret.replication_status().iter();
    let replicas = replicas
        .map(|replica| json!({ "Region": replica.region(), "KmsKeyId": replica.kms_key_id() }));
    json!({
        "ARN": secret.arn(),
        "Name": secret.name(),
        "KmsKeyId": secret.kms_key_id(),
        "DeletedDate": secret.deleted_date().and_then(date),
        "PrimaryRegion": secret.primary_region(),
        "ReplicationStatus": replicas.collect::<Value>(),
        "Tags": tags(secret.tags()),
    })
}

fn tags(tags: &[Tag]) -> Value {
    let tags = tags.iter();
    tags.map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }))
        .collect()
}

fn date(date: &DateTime) -> Option<String> {
    date.fmt(Format::DateTime).ok()
}
