//! Roles, and the policies that they have.

use super::{
    answers::{answers, document, item},
    call::{AUTHORIZATION_DETAILS, Calls},
    home::Failure,
};
use aws_config::SdkConfig;
use aws_sdk_iam::{
    Client,
    types::{EntityType, ManagedPolicyDetail, RoleDetail},
};
use loader::{Answer, Answers};
use serde_json::{Value, json};
use std::collections::HashSet;

pub(super) async fn read(settings: &SdkConfig, calls: &Calls) -> Result<Vec<Answers>, Failure> {
    let client = Client::new(settings);
    let call = client
        .get_account_authorization_details()
        .filter(EntityType::Role)
        .filter(EntityType::LocalManagedPolicy)
        .filter(EntityType::AwsManagedPolicy)
        .into_paginator()
        .send()
        .try_collect();
    let Some(pages) = calls.ask(AUTHORIZATION_DETAILS, "", call).await? else {
        return Ok(Vec::new());
    };
    let roles: Vec<_> = pages
        .iter()
        .flat_map(|page| page.role_detail_list())
        .collect();
    // Policies that no role has decide nothing here.
    let attached = roles.iter().flat_map(|role| {
        let boundary = role.permissions_boundary();
        let boundary = boundary.and_then(|boundary| boundary.permissions_boundary_arn());
        let attached = role.attached_managed_policies().iter();
        attached
            .filter_map(|policy| policy.policy_arn())
            .chain(boundary)
    });
    let attached: HashSet<&str> = attached.collect();
    let policies = pages.iter().flat_map(|page| page.policies());
    let policies = policies.filter(|policy| policy.arn().is_some_and(|arn| attached.contains(arn)));
    let policies = policies.map(|policy| {
        item(
            policy.arn().unwrap_or_default(),
            json!({ "Policies": [self::policy(policy)] }),
        )
    });
    let roles = roles.iter().map(|role| {
        item(
            role.arn().unwrap_or_default(),
            json!({ "RoleDetailList": [self::role(role)] }),
        )
    });
    Ok(vec![answers(
        "iam get-account-authorization-details",
        Answer::AuthorizationDetails,
        roles.chain(policies).collect(),
    )])
}

fn role(role: &RoleDetail) -> Value {
    let inline = role.role_policy_list().iter();
    let inline = inline.map(|policy| {
        json!({ "PolicyName": policy.policy_name(), "PolicyDocument": policy.policy_document().map(document) })
    });
    let attached = role.attached_managed_policies().iter();
    let attached = attached.map(
        |policy| json!({ "PolicyName": policy.policy_name(), "PolicyArn": policy.policy_arn() }),
    );
    let boundary = role.permissions_boundary();
    let boundary = boundary
        .map(|boundary| json!({ "PermissionsBoundaryArn": boundary.permissions_boundary_arn() }));
    let tags = role.tags().iter();
    let tags = tags.map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }));
    json!({
        "Path": role.path(),
        "RoleName": role.role_name(),
        "RoleId": role.role_id(),
        "Arn": role.arn(),
        "AssumeRolePolicyDocument": role.assume_role_policy_document().map(document),
        "RolePolicyList": inline.collect::<Value>(),
        "AttachedManagedPolicies": attached.collect::<Value>(),
        "PermissionsBoundary": boundary,
        "Tags": tags.collect::<Value>(),
    })
}

fn policy(policy: &ManagedPolicyDetail) -> Value {
    let versions = policy.policy_version_list().iter();
    let versions = versions.filter(|version| version.is_default_version());
    let versions = versions.map(|version| {
        json!({
            "VersionId": version.version_id(),
            "IsDefaultVersion": true,
            "Document": version.document().map(document),
        })
    });
    json!({
        "Arn": policy.arn(),
        "DefaultVersionId": policy.default_version_id(),
        "PolicyVersionList": versions.collect::<Value>(),
    })
}
