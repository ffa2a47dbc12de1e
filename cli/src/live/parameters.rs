//! Parameters: everything about them but their values and descriptions.

use super::{
    Failure,
    answers::{answers, item},
    call::{Calls, DESCRIBE_PARAMETERS, PARAMETER_POLICIES, PARAMETER_TAGS, each},
};
use aws_config::SdkConfig;
use aws_sdk_ssm::{
    Client,
    types::{ParameterMetadata, ParameterTier, ParameterType, ResourceTypeForTagging},
};
use loader::{Answer, Answers, Item};
use serde_json::{Value, json};

/// How many parameters a page has at most.
const PAGE: i32 = 50;

/// The answers, and the parameters of which the shares could not be read.
pub(super) async fn read(
    settings: &SdkConfig,
    calls: &Calls,
) -> Result<(Vec<Answers>, Vec<String>), Failure> {
    let client = &Client::new(settings);
    let list = client
        .describe_parameters()
        .into_paginator()
        .page_size(PAGE)
        .send()
        .try_collect();
    let Some(pages) = calls.ask(DESCRIBE_PARAMETERS, "", list).await? else {
        return Ok((Vec::new(), Vec::new()));
    };
    let parameters: Vec<_> = pages.iter().flat_map(|page| page.parameters()).collect();
    let found = each(parameters.iter().copied(), |one| {
        self::one(client, calls, one)
    })
    .await?;
    let described = parameters
        .iter()
        .map(|one| item(about(one), json!({ "Parameters": [described(one)] })));
    let tags = found.iter().filter_map(|one| one.tags.clone());
    let shares = found.iter().filter_map(|one| one.shares.clone());
    let unread = found.iter().filter_map(|one| one.unread.clone());
    let answers = vec![
        answers(
            "ssm describe-parameters",
            Answer::Parameters,
            described.collect(),
        ),
        answers(
            "ssm list-tags-for-resource",
            Answer::ParameterTags,
            tags.collect(),
        ),
        answers(
            "ssm get-resource-policies",
            Answer::ParameterPolicies,
            shares.collect(),
        ),
    ];
    Ok((answers, unread.collect()))
}

/// What is known of a parameter beside its description.
#[derive(Default)]
struct Found {
    tags: Option<Item>,
    shares: Option<Item>,
    unread: Option<String>,
}

fn about(parameter: &ParameterMetadata) -> &str {
    parameter.arn().or(parameter.name()).unwrap_or_default()
}

async fn one(
    client: &Client,
    calls: &Calls,
    parameter: &ParameterMetadata,
) -> Result<Found, Failure> {
    let about = about(parameter);
    let tags = client
        .list_tags_for_resource()
        .resource_type(ResourceTypeForTagging::Parameter)
        .resource_id(parameter.name().unwrap_or_default())
        .send();
    let tags = calls.ask(PARAMETER_TAGS, about, tags).await?;
    let tags = tags.map(|answer| {
        let tags = answer.tag_list().iter();
        let tags = tags.map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }));
        item(about, json!({ "TagList": tags.collect::<Value>() }))
    });
    let mut found = Found {
        tags,
        ..Found::default()
    };
    // Only those of the advanced tier can be shared.
    if parameter.tier() != Some(&ParameterTier::Advanced) {
        return Ok(found);
    }
    let policies = client
        .get_resource_policies()
        .resource_arn(about)
        .into_paginator()
        .send()
        .try_collect();
    let policies = calls.ask(PARAMETER_POLICIES, about, policies).await?;
    found.unread = policies.is_none().then(|| about.to_owned());
    found.shares = policies.map(|pages| {
        let policies = pages.iter().flat_map(|page| page.policies());
        let policies =
            policies.map(|one| json!({ "PolicyId": one.policy_id(), "Policy": one.policy() }));
        item(about, json!({ "Policies": policies.collect::<Value>() }))
    });
    Ok(found)
}

fn described(parameter: &ParameterMetadata) -> Value {
    json!({
        "Name": parameter.name(),
        "ARN": parameter.arn(),
        "Type": parameter.r#type().map(ParameterType::as_str),
        "KeyId": parameter.key_id(),
        "Tier": parameter.tier().map_or("Standard", ParameterTier::as_str),
    })
}
