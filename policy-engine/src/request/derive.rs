//! Condition keys that follow from the request itself, and keys that an action does not have
//! (docs/semantics.md#request-context).

use super::{
    context::{Context, ContextValue},
    principal::Principal,
    question::Request,
};
use crate::{
    key::Key,
    service::{KMS, ServiceProfile},
    text::Text,
    uncertainty::Uncertainty,
};

/// Adds the keys that follow from principal, action and resource; a key that is set already stays.
pub fn complete(request: &mut Request, via: Option<&str>) {
    let single = |text: &Text| ContextValue::Single(text.clone());
    let text = |text: &str| ContextValue::Single(Text::from(text));
    let mut context = std::mem::take(&mut request.context);
    let principal = &request.principal;
    if let Some(account) = principal.account() {
        context.set_default("aws:PrincipalAccount", || single(account));
        context.set_default("aws:PrincipalIsAWSService", || text("false"));
    }
    match principal {
        Principal::Root { account } => {
            context.set_default("aws:PrincipalArn", || {
                text(&format!("arn:aws:iam::{account}:root"))
            });
            context.set_default("aws:userid", || single(account));
            context.set_default("aws:PrincipalType", || text("Account"));
        }
        Principal::User { arn, .. } => {
            context.set_default("aws:PrincipalArn", || single(arn));
            context.set_default("aws:PrincipalType", || text("User"));
            if let Some(id) = request.traits.unique_id.as_deref() {
                context.set_default("aws:userid", || text(id));
            }
            if let Some(name) = arn.known().and_then(|arn| arn.rsplit('/').next()) {
                context.set_default("aws:username", || text(name));
            }
        }
        Principal::Session { role, session, .. } => {
            context.set_default("aws:PrincipalArn", || single(role));
            context.set_default("aws:PrincipalType", || text("AssumedRole"));
            let name = session
                .as_ref()
                .and_then(Text::known)
                .and_then(|session| session.rsplit('/').next());
            if let (Some(id), Some(name)) = (&request.traits.unique_id, name)
                && !id.contains(':')
            {
                context.set_default("aws:userid", || text(&format!("{id}:{name}")));
            }
        }
        Principal::FederatedUser { arn, .. } => {
            context.set_default("aws:PrincipalArn", || single(arn));
            context.set_default("aws:PrincipalType", || text("FederatedUser"));
        }
        Principal::Service(name) => {
            context.set_default("aws:PrincipalIsAWSService", || text("true"));
            context.set_default("aws:PrincipalServiceName", || text(name));
            context.set_default("aws:PrincipalServiceNamesList", || {
                ContextValue::Multi(vec![Text::from(&**name)])
            });
        }
        Principal::WebIdentity { .. } => {}
        Principal::Anonymous => {
            context.set_default("aws:PrincipalAccount", || text("anonymous"));
            context.set_default("aws:PrincipalType", || text("Anonymous"));
        }
    }
    if let Some(id) = request
        .traits
        .unique_id
        .as_deref()
        .filter(|id| id.contains(':'))
    {
        context.set_default("aws:userid", || text(id));
    }
    if let Some(account) = &request.resource_account {
        context.set_default("aws:ResourceAccount", || single(account));
    }
    let region = request
        .resource
        .segment(3)
        .filter(|region| !region.literal().is_empty() || !region.is_known());
    if let Some(region) = region {
        context.set_default("aws:RequestedRegion", || single(&region));
    }
    context.set_default("aws:SecureTransport", || text("true"));
    context.set_default("aws:ViaAWSService", || {
        text(if via.is_some() { "true" } else { "false" })
    });
    mcp(&mut context);
    by_service(request, via, &mut context);
    request.context = context;
}

/// The keys of calls through AWS's MCP servers; it is unknown whether other calls have them as `false` (U-24).
pub fn mcp(context: &mut Context) {
    for key in ["aws:ViaAWSMCPService", "aws:IsMcpServiceAction"] {
        if !context.has(&Key::new(key)) {
            let other = ContextValue::Single(Text::fixed("false"));
            context.set_uncertain(key, ContextValue::Absent, Uncertainty::MCP_KEYS, other);
        }
    }
}

fn by_service(request: &Request, via: Option<&str>, context: &mut Context) {
    let single = |text: &Text| ContextValue::Single(text.clone());
    let Some(profile) = ServiceProfile::of(request.action.service()) else {
        return;
    };
    let names_object = || {
        let resource = request.resource.literal(5);
        resource.is_some_and(|rest| rest.starts_with(profile.resource))
    };
    if let Some(key) = profile.arn_key.filter(|_| names_object()) {
        context.set_default(key, || single(request.resource.text()));
    }
    if *profile == KMS {
        if let Some(account) = request.principal.account() {
            context.set_default("kms:CallerAccount", || single(account));
        }
        if let Some(via) = via {
            context.set_default("kms:ViaService", || ContextValue::Single(Text::from(via)));
        }
    }
}

/// Keys of the actions by which pods get their roles, in lower case; a `/` or `:` at the end is a family.
const CARRIED: &[(&[&str], &[&str])] = &[
    (
        &["sts:assumerole"],
        &[
            "sts:externalid",
            "sts:rolesessionname",
            "sts:sourceidentity",
            "sts:transitivetagkeys",
            "aws:requesttag/",
            "aws:tagkeys",
            "iam:resourcetag/",
            "aws:resourcetag/",
        ],
    ),
    (
        &["sts:assumerolewithwebidentity"],
        &[
            "sts:rolesessionname",
            "sts:sourceidentity",
            "sts:transitivetagkeys",
            "sts:roleauthorizedbyidp",
            "aws:requesttag/",
            "aws:tagkeys",
        ],
    ),
    (
        &["sts:tagsession"],
        &["aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys"],
    ),
    (
        &["eks-auth:assumeroleforpodidentity"],
        &["aws:resourcetag/"],
    ),
];

/// Removes the keys that the action does not have, if the table contains the action
/// (docs/semantics.md#keys-per-action).
///
/// Every action has the keys of the caller, the session, the network and the time. The keys of an OIDC issuer
/// exist only in `sts:AssumeRoleWithWebIdentity`.
pub fn filter(request: &mut Request) {
    let profile = ServiceProfile::of(request.action.service());
    let rows = profile.map_or(CARRIED, |profile| profile.carried);
    let row = rows
        .iter()
        .find(|(actions, _)| actions.iter().any(|action| request.action.is(action)));
    let web_identity = request.action.is("sts:assumerolewithwebidentity");
    request.context.retain(|key| {
        if is_issuer_key(key) {
            return web_identity;
        }
        row.is_none_or(|(_, carried)| {
            !depends_on_action(key) || carried.iter().any(|name| belongs(key, name))
        })
    });
}

fn belongs(key: &Key, name: &str) -> bool {
    if name.ends_with(['/', ':']) {
        key.strip_prefix(name).is_some()
    } else {
        key.is(name)
    }
}

fn depends_on_action(key: &Key) -> bool {
    // They belong to the credentials.
    if ["ec2:sourceinstancearn", "ec2:roledelivery"]
        .iter()
        .any(|name| key.is(name))
    {
        return false;
    }
    let global = ["aws:resourcetag/", "aws:requesttag/", "aws:tagkeys"];
    key.strip_prefix("aws:").is_none() || global.iter().any(|name| belongs(key, name))
}

/// `oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub`, `accounts.google.com:aud` and similar keys: no service name has a dot.
fn is_issuer_key(key: &Key) -> bool {
    key.name()
        .split(':')
        .next()
        .is_some_and(|issuer| issuer.contains('.'))
}
