//! Which call an answer belongs to, by its members.

use policy_engine::syntax::node::Node;

/// Which call an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `iam get-account-authorization-details`
    AuthorizationDetails,
    /// `iam get-role`, `list-roles`
    Roles,
    /// `iam get-role-policy`
    RolePolicy,
    /// `iam get-policy-version`
    PolicyVersion,
    /// `iam list-attached-role-policies`
    AttachedPolicies,
    /// `eks describe-pod-identity-association`
    Association,
    /// `eks list-pod-identity-associations`
    Associations,
    /// `eks describe-cluster`
    Cluster,
    /// `secretsmanager list-secrets`
    Secrets,
    /// `secretsmanager describe-secret`
    Secret,
    /// `secretsmanager get-resource-policy`
    SecretPolicy,
    /// `kms describe-key`
    KeyMetadata,
    /// `kms get-key-policy`
    KeyPolicy,
    /// `kms list-aliases`
    KeyAliases,
    /// `kms list-grants`
    KeyGrants,
    /// `kms list-resource-tags`
    KeyTags,
    /// `ssm describe-parameters`
    Parameters,
    /// `ssm list-tags-for-resource`
    ParameterTags,
    /// `ssm get-resource-policies`
    ParameterPolicies,
    /// A known answer without facts, with the reason.
    Other(&'static str),
}

pub(super) const VALUE: &str = "contains the value of a secret, which is never read";
const ORGANIZATION: &str = "an answer of AWS Organizations does not name the unit that it is about; write `organization` in a world";

/// Tells the call by the members of the answer.
pub(crate) fn answer(node: &Node) -> Option<Answer> {
    let has = |name: &str| node.get(name).is_some();
    let is_map = |name: &str| node.get(name).is_some_and(|node| node.as_map().is_some());
    let first = |name: &str| {
        node.get(name)
            .and_then(Node::as_list)
            .map(|items| items.first())
    };
    let first_has = |name: &str, member: &str| {
        first(name)
            .flatten()
            .is_some_and(|item| item.get(member).is_some())
    };

    if has("RoleDetailList") || first_has("Policies", "PolicyVersionList") {
        return Some(Answer::AuthorizationDetails);
    }
    if node.at(&["Role", "RoleName"]).is_some() || first_has("Roles", "RoleName") {
        return Some(Answer::Roles);
    }
    if has("PolicyDocument") && has("RoleName") {
        return Some(Answer::RolePolicy);
    }
    if node.at(&["PolicyVersion", "Document"]).is_some() {
        return Some(Answer::PolicyVersion);
    }
    if first("AttachedPolicies").is_some() {
        return Some(Answer::AttachedPolicies);
    }
    if node.at(&["association", "clusterName"]).is_some() {
        return Some(Answer::Association);
    }
    if first("associations")
        .is_some_and(|first| first.is_none_or(|item| item.get("serviceAccount").is_some()))
    {
        return Some(Answer::Associations);
    }
    if node.at(&["cluster", "name"]).is_some() && node.at(&["cluster", "arn"]).is_some() {
        return Some(Answer::Cluster);
    }
    if first("SecretList").is_some() {
        return Some(Answer::Secrets);
    }
    if has("ARN") && has("Name") {
        return Some(secret(node));
    }
    if is_map("KeyMetadata") {
        return Some(Answer::KeyMetadata);
    }
    if first("Aliases")
        .is_some_and(|first| first.is_none_or(|alias| alias.get("AliasName").is_some()))
    {
        return Some(Answer::KeyAliases);
    }
    if first("Grants")
        .is_some_and(|first| first.is_none_or(|grant| grant.get("GranteePrincipal").is_some()))
    {
        return Some(Answer::KeyGrants);
    }
    if first_has("Tags", "TagKey")
        || (first("Tags").is_some_and(|first| first.is_none()) && has("Truncated"))
    {
        return Some(Answer::KeyTags);
    }
    let is_untagged = first("TagList").is_some_and(|first| first.is_none())
        && node.as_map().is_some_and(|members| members.len() == 1);
    if is_untagged || first_has("TagList", "Key") {
        return Some(Answer::ParameterTags);
    }
    let parameter =
        node.at(&["Parameter", "ARN"]).is_some() && node.at(&["Parameter", "Name"]).is_some();
    if parameter || (first_has("Parameters", "Name") && first_has("Parameters", "Type")) {
        return Some(Answer::Parameters);
    }
    policy(node).or_else(|| organization(node))
}

/// Tells a secret's description, its resource policy and its value apart.
fn secret(node: &Node) -> Answer {
    if node.get("SecretString").is_some() || node.get("SecretBinary").is_some() {
        return Answer::Other(VALUE);
    }
    let policy = ["ARN", "Name", "ResourcePolicy", "ResponseMetadata"];
    let members = node.as_map().unwrap_or_default();
    let only_policy = members
        .iter()
        .all(|(key, _)| key.as_str().is_some_and(|key| policy.contains(&key)));
    if only_policy {
        Answer::SecretPolicy
    } else {
        Answer::Secret
    }
}

fn policy(node: &Node) -> Option<Answer> {
    let policy = node.get("Policy");
    let is_document = |text: &str| text.trim_start().starts_with('{') || text.starts_with("%7");
    if policy.and_then(Node::as_str).is_some_and(is_document) {
        return Some(Answer::KeyPolicy);
    }
    if policy.is_some_and(|policy| policy.get("PolicySummary").is_some()) {
        return Some(Answer::Other(ORGANIZATION));
    }
    if policy.is_some_and(|policy| policy.get("DefaultVersionId").is_some()) {
        return Some(Answer::Other(
            "has no document; save the answer of `aws iam get-policy-version`",
        ));
    }
    let first = node.get("Policies").and_then(Node::as_list)?.first()?;
    if first.get("PolicyId").is_some() && first.get("Policy").is_some() {
        return Some(Answer::ParameterPolicies);
    }
    first
        .get("Id")
        .and(first.get("Type"))
        .map(|_| Answer::Other(ORGANIZATION))
}

fn organization(node: &Node) -> Option<Answer> {
    let has = |name: &str| node.get(name).is_some();
    if node.at(&["Organization", "Id"]).is_some()
        || (has("Parents") && node.as_map().is_some_and(|members| members.len() <= 2))
    {
        return Some(Answer::Other(ORGANIZATION));
    }
    if node.get("PolicyNames").and_then(Node::as_list).is_some() {
        return Some(Answer::Other(
            "only names policies; save the answers of `aws iam get-role-policy`",
        ));
    }
    let event = has("eventName") && has("eventSource");
    (event
        || node
            .get("Events")
            .and_then(Node::as_list)
            .is_some_and(|items| !items.is_empty()))
    .then_some(Answer::Other(
        "an event of CloudTrail contains no fact of the world",
    ))
}
