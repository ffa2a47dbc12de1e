//! Builds the context of each request as AWS does (docs/semantics.md#request-context), with the keys that AWS supplies and no others.

use super::{compiled::Membership, network::Network};
use crate::{
    inventory::{Cluster, Inventory, KmsKey, Pod, Role, RoleArn, Tags, find::Object},
    request::{Context, ContextValue, Traits, derive},
    syntax::arn::Arn,
    text::{HoleKind, Str, Text},
    uncertainty::Uncertainty,
};
use std::sync::{Arc, LazyLock};

/// A session and the keys of its requests.
#[derive(Clone, Debug)]
pub(super) struct SessionFacts {
    pub(super) role: RoleArn,
    pub(super) account: String,
    /// Session tags, including the transitive tags of earlier sessions.
    pub(super) passed: Vec<(String, Text)>,
    pub(super) role_tags: Vec<(String, Text)>,
    /// The missing fact, if it is unknown which other tags the role has.
    pub(super) open_tags: Option<String>,
    pub(super) unique_id: Option<String>,
    /// The identity provider, for IRSA.
    pub(super) provider: Option<Text>,
}

/// The condition keys of the tags of the requested role, up to the tag's key.
pub(super) const ROLE_TAGS: [&str; 2] = ["aws:ResourceTag/", "iam:ResourceTag/"];

/// A value that exists and is unknown.
pub(super) fn hole(name: &'static str) -> ContextValue {
    ContextValue::Single(Text::hole(name, HoleKind::Some))
}

fn unknown(name: &str) -> ContextValue {
    ContextValue::Unknown(name.into())
}

fn text(value: impl Into<Text>) -> ContextValue {
    ContextValue::Single(value.into())
}

/// The six tags of a Pod Identity session (docs/semantics.md#pod-identity-session-tags), unless the association turns them off.
pub(super) fn session_tags(cluster: Option<&Cluster>, pod: &Pod) -> Vec<(String, Text)> {
    let unknown = |name: &'static str| Text::hole(name, HoleKind::Some);
    let arn = cluster.map_or_else(
        || unknown("ARN of the cluster"),
        |cluster| Text::shown(&cluster.arn),
    );
    let name = cluster.map_or(pod.cluster.as_str(), |cluster| cluster.name.as_str());
    [
        ("eks-cluster-arn", arn),
        ("eks-cluster-name", Text::shown(name)),
        ("kubernetes-namespace", Text::shown(&pod.namespace)),
        (
            "kubernetes-service-account",
            Text::shown(&pod.service_account),
        ),
        ("kubernetes-pod-name", unknown("name of the pod")),
        ("kubernetes-pod-uid", unknown("uid of the pod")),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// The name of the condition key of a tag; the names of tags that every session has are constants.
fn tag_key(prefix: &'static str, tag: &str) -> Str {
    macro_rules! known {
        ($($tag:literal)*) => {
            match (prefix, tag) {
                $(
                    ("aws:PrincipalTag/", $tag) => concat!("aws:PrincipalTag/", $tag).into(),
                    ("aws:RequestTag/", $tag) => concat!("aws:RequestTag/", $tag).into(),
                )*
                _ => format!("{prefix}{tag}").into(),
            }
        };
    }
    known! {
        "eks-cluster-arn" "eks-cluster-name" "kubernetes-namespace" "kubernetes-service-account"
        "kubernetes-pod-name" "kubernetes-pod-uid"
    }
}

/// The tags of a role as key and value.
pub(super) fn role_tags(role: &Role) -> Vec<(String, Text)> {
    let tags = role.tags.list.iter();
    tags.map(|tag| (tag.key.value.clone(), tag.value.value.clone()))
        .collect()
}

/// The missing fact about further tags of a role.
pub(super) fn open_role_tags(role: &Role, inventory: &Inventory) -> Option<String> {
    let open = role.tags.open.as_ref()?;
    Some(open.reason(|| format!("tags of {}", inventory.role_name(&role.arn))))
}

impl SessionFacts {
    /// The tags in `aws:PrincipalTag`: session tags take precedence over the role's, compared in any case.
    pub(super) fn effective_tags(&self) -> impl Iterator<Item = &(String, Text)> {
        let own = self.role_tags.iter().filter(|(key, _)| {
            !self
                .passed
                .iter()
                .any(|(passed, _)| passed.eq_ignore_ascii_case(key))
        });
        self.passed.iter().chain(own)
    }

    /// The keys of class "principal" and "session".
    pub(super) fn describe(
        &self,
        context: &mut Context,
        inventory: &Inventory,
        place: Option<&Membership>,
    ) {
        context.set_text("aws:PrincipalArn", self.role.text().clone());
        context.set_text("aws:PrincipalAccount", self.role.account_text());
        context.set_text("aws:PrincipalType", Text::fixed("AssumedRole"));
        context.set_text("aws:PrincipalIsAWSService", Text::fixed("false"));
        context.set_text("aws:MultiFactorAuthPresent", Text::fixed("false"));
        context.set(
            "aws:TokenIssueTime",
            hole("time at which the session began"),
        );
        let id = match &self.unique_id {
            Some(id) => Text::from(format!("{id}:")),
            None => Text::hole("unique id of the role", HoleKind::Some).then(&Text::from(":")),
        };
        context.set(
            "aws:userid",
            text(id.then(&Text::hole("name of the session", HoleKind::Some))),
        );
        if let Some(provider) = &self.provider {
            context.set("aws:FederatedProvider", text(provider.clone()));
        }
        for (_, pattern) in inventory
            .externals
            .patterns
            .iter()
            .filter(|(kind, _)| kind == "sessionTags")
        {
            let key = format!("aws:PrincipalTag/{}", pattern.value);
            context.set(key.clone(), unknown(&key));
        }
        for (key, value) in self.effective_tags() {
            context.set(tag_key("aws:PrincipalTag/", key), text(value.clone()));
        }
        if let Some(reason) = &self.open_tags {
            context.open_prefix("aws:PrincipalTag/", reason.as_str());
        }
        membership(context, "Principal", inventory, &self.account, place);
    }
}

/// `aws:PrincipalOrgID`, `aws:ResourceOrgID` and their paths.
pub(super) fn membership(
    context: &mut Context,
    who: &str,
    inventory: &Inventory,
    account: &str,
    place: Option<&Membership>,
) {
    let (id, paths) = match who {
        "Principal" => ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"),
        _ => ("aws:ResourceOrgID", "aws:ResourceOrgPaths"),
    };
    match (&inventory.organization, path(place)) {
        (Some(organization), Some(path)) => {
            context.set_text(id, Text::shown(&organization.id));
            context.set(paths, ContextValue::Multi(vec![Text::shown(path)]));
        }
        _ if is_open(inventory, account, place) => {
            context.set(id, unknown("organization"));
            context.set(paths, unknown("organization"));
        }
        _ => {}
    }
}

/// The keys of every request, whatever the world contains.
static ALWAYS: LazyLock<Arc<Context>> = LazyLock::new(|| {
    let mut context = Context::default();
    context.set_text("aws:SecureTransport", "true");
    context.set_text("aws:ViaAWSService", "false");
    context.set("aws:CurrentTime", hole("aws:CurrentTime"));
    context.set("aws:EpochTime", hole("aws:EpochTime"));
    context.set("aws:UserAgent", hole("aws:UserAgent"));
    context.set("aws:Referer", unknown("aws:Referer"));
    derive::mcp(&mut context);
    Arc::new(context)
});

/// A context with the keys of every request.
pub(super) fn common(region: &str) -> Context {
    let mut context = Context::over(ALWAYS.clone());
    context.set_text("aws:RequestedRegion", region);
    context
}

/// The keys of class "network"; a forwarded call keeps only the address, if the first call had an address.
pub(super) fn network(context: &mut Context, network: &Network<'_>, forwarded: bool) {
    match network {
        Network::Public => context.set("aws:SourceIp", hole("aws:SourceIp")),
        Network::Endpoint(passed) if !forwarded => {
            // A world may call an endpoint by a name of its own; its id is then not known.
            let id = passed.id.as_deref().filter(|id| id.starts_with("vpce-"));
            context.set(
                "aws:SourceVpce",
                id.map_or_else(|| hole("aws:SourceVpce"), text),
            );
            let vpc = passed.endpoint.and_then(|endpoint| endpoint.vpc.as_deref());
            context.set(
                "aws:SourceVpc",
                vpc.map_or_else(|| hole("aws:SourceVpc"), text),
            );
            context.set("aws:VpcSourceIp", hole("aws:VpcSourceIp"));
        }
        Network::Endpoint(_) => context.set_uncertain(
            "aws:SourceIp",
            ContextValue::Absent,
            Uncertainty::FORWARDED_SOURCE_IP,
            hole("aws:SourceIp"),
        ),
        Network::Unknown => {
            context.set("aws:SourceIp", unknown("aws:SourceIp"));
            if !forwarded {
                for key in [
                    "aws:SourceVpce",
                    "aws:SourceVpc",
                    "aws:SourceVpcArn",
                    "aws:VpcSourceIp",
                ] {
                    context.set(key, unknown(key));
                }
            }
        }
    }
}

/// `aws:ResourceTag/…` and the service's own form of it.
pub(super) fn resource_tags(context: &mut Context, prefixes: &[&str], tags: &Tags, owner: &str) {
    if let Some(open) = &tags.open {
        let reason = open.reason(|| format!("tags of {owner}"));
        for prefix in prefixes {
            context.open_prefix(prefix, reason.as_str());
        }
    }
    for tag in &tags.list {
        let key = &tag.key.value;
        let rivals = tags
            .list
            .iter()
            .filter(|other| other.key.value.eq_ignore_ascii_case(key));
        // Two keys that differ only in case: which one a condition sees is not defined.
        let differs = rivals
            .clone()
            .any(|other| other.value.value != tag.value.value);
        for prefix in prefixes {
            let value = if differs {
                ContextValue::Unknown(format!("which of two tags `{key}` of {owner} counts").into())
            } else {
                text(tag.value.value.clone())
            };
            context.set(format!("{prefix}{key}"), value);
        }
    }
}

/// The grants of a key.
pub(super) fn grants(traits: &mut Traits, key: &KmsKey, inventory: &Inventory) {
    traits.grants.clone_from(&key.grants.list);
    let name = || format!("grants of {}", Object::Key(key).display(inventory));
    traits.open_grants = key.grants.open.as_ref().map(|open| open.reason(name));
}

/// The aliases of a key; for a key without aliases the request does not contain the condition key.
pub(super) fn aliases(context: &mut Context, key: &KmsKey, inventory: &Inventory, name: &str) {
    if let Some(hole) = &key.more_aliases {
        let reason = hole.reason(|| format!("aliases of {name}"));
        context.set("kms:ResourceAliases", ContextValue::Unknown(reason.into()));
    } else if !key.aliases.is_empty() {
        let aliases = key
            .aliases
            .iter()
            .map(|alias| Text::from(alias.as_str()))
            .collect();
        context.set("kms:ResourceAliases", ContextValue::Multi(aliases));
    } else if !inventory.closed.contains("keys", &key.account) {
        context.set(
            "kms:ResourceAliases",
            ContextValue::Unknown(format!("aliases of {name}").into()),
        );
    }
}

/// The tags in a request: `aws:RequestTag`, `aws:TagKeys`, `sts:TransitiveTagKeys`.
pub(super) fn request_tags(context: &mut Context, tags: &[(String, Text)]) {
    if tags.is_empty() {
        return;
    }
    let keys: Vec<_> = tags
        .iter()
        .map(|(key, _)| Text::from(key.as_str()))
        .collect();
    for (key, value) in tags {
        context.set(tag_key("aws:RequestTag/", key), text(value.clone()));
    }
    context.set("aws:TagKeys", ContextValue::Multi(keys.clone()));
    context.set("sts:TransitiveTagKeys", ContextValue::Multi(keys));
}

/// The source keys that EKS sets when it assumes a role (U-33).
pub(super) fn pod_identity_source(
    context: &mut Context,
    cluster: Option<&Cluster>,
    inventory: &Inventory,
    place: Option<&Membership>,
) {
    let mut set = |key: &'static str, value| {
        context.set_uncertain(
            key,
            value,
            Uncertainty::POD_IDENTITY_SOURCE,
            ContextValue::Absent,
        );
    };
    match cluster {
        Some(cluster) => {
            set("aws:SourceAccount", text(cluster.account.as_str()));
            set("aws:SourceArn", text(cluster.arn.as_str()));
        }
        None => {
            set("aws:SourceAccount", hole("account of the cluster"));
            set("aws:SourceArn", hole("ARN of the cluster"));
        }
    }
    match (&inventory.organization, path(place)) {
        (Some(organization), Some(_)) => {
            set("aws:SourceOrgID", text(Text::shown(&organization.id)));
        }
        _ if is_open(inventory, "", place) => set("aws:SourceOrgID", unknown("organization")),
        _ => {}
    }
}

fn path(place: Option<&Membership>) -> Option<&str> {
    place.and_then(|place| place.path.as_deref())
}

/// Whether no source states the organization of an account.
fn is_open(inventory: &Inventory, account: &str, place: Option<&Membership>) -> bool {
    place.is_some_and(|place| place.path.is_none())
        || (inventory.organization.is_none() && !inventory.closed.contains("organization", account))
}

/// The account in an ARN, or an empty text.
pub(super) fn account_of(arn: &str) -> &str {
    Arn::parse(arn).map_or("", |arn| arn.account)
}
