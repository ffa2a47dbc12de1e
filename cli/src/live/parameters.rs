//! Parameters: everything about them but their values and descriptions.

use super::{
    answers::{answers, item},
    call::{Calls, DESCRIBE_PARAMETERS, PARAMETER_POLICIES, PARAMETER_TAGS, each},
    home::Failure,
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
    let details = each(parameters.iter().copied(), |parameter| {
        describe(client, calls, parameter)
    })
    .await?;
    let described = parameters.iter().map(|parameter| {
        item(
            about(parameter),
            json!({ "Parameters": [described(parameter)] }),
        )
    });
    let tags = details.iter().filter_map(|answer| answer.tags.clone());
    let shares = details.iter().filter_map(|answer| answer.shares.clone());
    let unread = details.iter().filter_map(|answer| answer.unread.clone());
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

/// The answers about a parameter beside its description.
#[derive(Default)]
struct Details {
    tags: Option<Item>,
    shares: Option<Item>,
    unread: Option<String>,
}

fn about(parameter: &ParameterMetadata) -> &str {
    parameter.arn().or(parameter.name()).unwrap_or_default()
}

async fn describe(
    client: &Client,
    calls: &Calls,
    parameter: &ParameterMetadata,
) -> Result<Details, Failure> {
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
    let mut details = Details {
        tags,
        ..Details::default()
    };
    // Only those of the advanced tier can be shared.
    if parameter.tier() != Some(&ParameterTier::Advanced) {
        return Ok(details);
    }
    let policies = client
        .get_resource_policies()
        .resource_arn(about)
        .into_paginator()
        .send()
        .try_collect();
    let policies = calls.ask(PARAMETER_POLICIES, about, policies).await?;
    details.unread = policies.is_none().then(|| about.to_owned());
    details.shares = policies.map(|pages| {
        let policies = pages.iter().flat_map(|page| page.policies());
        let policies = policies
            .map(|policy| json!({ "PolicyId": policy.policy_id(), "Policy": policy.policy() }));
        item(about, json!({ "Policies": policies.collect::<Value>() }))
    });
    Ok(details)
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
