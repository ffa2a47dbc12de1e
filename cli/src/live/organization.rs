//! The account's place in its organization, with the policies attached on the path to it.

use super::{
    answers::{answers, item},
    call::{
        Calls, DESCRIBE_ORGANIZATION, DESCRIBE_POLICY, LIST_PARENTS, LIST_POLICIES, LIST_ROOTS,
        each,
    },
    home::Failure,
};
use aws_config::SdkConfig;
use aws_sdk_organizations::{
    Client,
    error::ProvideErrorMetadata,
    types::{ParentType, PolicyType, PolicyTypeStatus, Root},
};
use loader::{Answer, Item, Level, Place};
use serde_json::json;

const CALL: &str = "organizations describe-policy";
/// Units lie five deep at most; more is a circle.
const MAX_DEPTH: usize = 16;

/// After one denied call the SCPs and RCPs of the account are unknown.
pub(super) async fn read(
    settings: &SdkConfig,
    calls: &Calls,
    account: &str,
) -> Result<Place, Failure> {
    let client = &Client::new(settings);
    let described = client.describe_organization().send().await;
    let not_in_use = described
        .as_ref()
        .err()
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(|code| code.contains("NotInUse"));
    if not_in_use {
        return Ok(Place::Outside);
    }
    let described = calls
        .ask(DESCRIBE_ORGANIZATION, "", async { described })
        .await?;
    let organization = described.as_ref().and_then(|answer| answer.organization());
    let Some(organization) = organization else {
        return Ok(Place::Unknown);
    };
    let roots = client.list_roots().into_paginator().send().try_collect();
    let Some(pages) = calls.ask(LIST_ROOTS, "", roots).await? else {
        return Ok(Place::Unknown);
    };
    let Some(root) = pages.iter().flat_map(|page| page.roots()).next() else {
        return Ok(Place::Unknown);
    };
    let Some(path) = path(client, calls, account).await? else {
        return Ok(Place::Unknown);
    };
    let mut levels = Vec::new();
    let mut arns: Vec<(String, String)> = Vec::new();
    for id in path {
        let Some(level) = level(client, calls, root, &id, &mut arns).await? else {
            return Ok(Place::Unknown);
        };
        levels.push(level);
    }
    arns.sort_unstable();
    arns.dedup();
    let policies = each(&arns, |(id, arn)| policy(client, calls, id, arn));
    let policies: Option<Vec<Item>> = policies.await?.into_iter().collect();
    let Some(policies) = policies else {
        return Ok(Place::Unknown);
    };
    Ok(Place::Inside {
        id: organization.id().unwrap_or_default().to_owned(),
        management: organization.master_account_id().map(str::to_owned),
        levels,
        policies: answers(CALL, Answer::Other(CALL), policies),
    })
}

/// The root, the units below it, and the account.
async fn path(
    client: &Client,
    calls: &Calls,
    account: &str,
) -> Result<Option<Vec<String>>, Failure> {
    let mut path = vec![account.to_owned()];
    while let Some(child) = path.last().filter(|_| path.len() < MAX_DEPTH) {
        let call = client.list_parents().child_id(child).send();
        let Some(answer) = calls.ask(LIST_PARENTS, account, call).await? else {
            return Ok(None);
        };
        let Some(parent) = answer.parents().first() else {
            return Ok(None);
        };
        path.push(parent.id().unwrap_or_default().to_owned());
        if parent.r#type() == Some(&ParentType::Root) {
            path.reverse();
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// The policies attached to a node; a flag states those that AWS attaches everywhere, the others have ids and ARNs.
async fn level(
    client: &Client,
    calls: &Calls,
    root: &Root,
    id: &str,
    arns: &mut Vec<(String, String)>,
) -> Result<Option<Level>, Failure> {
    let mut level = Level {
        id: id.to_owned(),
        full_access: true,
        ..Level::default()
    };
    for kind in [
        PolicyType::ServiceControlPolicy,
        PolicyType::ResourceControlPolicy,
    ] {
        let is_enabled = root.policy_types().iter().any(|policy_type| {
            policy_type.r#type() == Some(&kind)
                && policy_type.status() == Some(&PolicyTypeStatus::Enabled)
        });
        if !is_enabled {
            continue;
        }
        let call = client
            .list_policies_for_target()
            .target_id(id)
            .filter(kind.clone())
            .into_paginator()
            .send()
            .try_collect();
        let Some(pages) = calls.ask(LIST_POLICIES, id, call).await? else {
            return Ok(None);
        };
        let policies = pages.iter().flat_map(|page| page.policies());
        let mut own = Vec::new();
        let mut is_full = false;
        for policy in policies {
            let (id, arn) = (
                policy.id().unwrap_or_default(),
                policy.arn().unwrap_or_default(),
            );
            if matches!(id, "p-FullAWSAccess" | "p-RCPFullAWSAccess") {
                is_full = true;
            } else {
                own.push(arn.to_owned());
                arns.push((id.to_owned(), arn.to_owned()));
            }
        }
        if kind == PolicyType::ServiceControlPolicy {
            (level.full_access, level.scps) = (is_full, own);
        } else {
            level.rcps = own;
        }
    }
    Ok(Some(level))
}

async fn policy(
    client: &Client,
    calls: &Calls,
    id: &str,
    arn: &str,
) -> Result<Option<Item>, Failure> {
    let call = client.describe_policy().policy_id(id).send();
    let Some(answer) = calls.ask(DESCRIBE_POLICY, arn, call).await? else {
        return Ok(None);
    };
    let Some(policy) = answer.policy() else {
        return Ok(None);
    };
    let summary = policy.policy_summary();
    let summary = json!({
        "Id": id,
        "Arn": arn,
        "Name": summary.and_then(|summary| summary.name()),
        "Type": summary.and_then(|summary| summary.r#type()).map(PolicyType::as_str),
    });
    let answer = json!({ "PolicySummary": summary, "Content": policy.content() });
    Ok(Some(item(arn, json!({ "Policy": answer }))))
}
