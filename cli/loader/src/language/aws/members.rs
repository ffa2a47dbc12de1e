//! The types that AWS gives the members of its answers; a member of another type was changed by hand or by `--query`.
//!
//! AWS CLI Command Reference, sections "Output" of the calls in `answer.rs`.

use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

/// Lists of objects.
const LISTS: [&str; 17] = [
    "Aliases",
    "AttachedManagedPolicies",
    "AttachedPolicies",
    "Grants",
    "Parameters",
    "Policies",
    "PolicyVersionList",
    "ReplicationStatus",
    "RoleDetailList",
    "RolePolicyList",
    "Roles",
    "SecretList",
    "TagList",
    "Tags",
    "associations",
    "GroupDetailList",
    "UserDetailList",
];
/// Objects.
const OBJECTS: [&str; 6] = [
    "Constraints",
    "KeyMetadata",
    "Parameter",
    "PermissionsBoundary",
    "PolicyVersion",
    "Role",
];
/// Texts.
const TEXTS: [&str; 19] = [
    "ARN",
    "Arn",
    "AliasArn",
    "AliasName",
    "DefaultVersionId",
    "GranteePrincipal",
    "KeyId",
    "KmsKeyId",
    "Name",
    "PermissionsBoundaryArn",
    "PolicyArn",
    "PolicyName",
    "PrimaryRegion",
    "Region",
    "RoleId",
    "RoleName",
    "TagKey",
    "TargetKeyId",
    "roleArn",
];
/// Members that hold documents of others, in which these names mean something else.
const DOCUMENTS: [&str; 6] = [
    "AssumeRolePolicyDocument",
    "Document",
    "Policy",
    "PolicyDocument",
    "ResourcePolicy",
    "ResponseMetadata",
];

/// The first member of a type that AWS does not give it: what it must be, and its place.
pub(super) fn misshapen(node: &Node) -> Option<(String, Origin)> {
    match &node.value {
        Value::List(items) => items.iter().find_map(misshapen),
        Value::Map(members) => members.iter().find_map(|(key, value)| {
            let name = key.as_str()?;
            if DOCUMENTS.contains(&name) || value.is_null() {
                return None;
            }
            match type_of(name).filter(|wanted| !wanted.fits(value)) {
                Some(wanted) => Some((format!("`{name}` is not {}", wanted.called()), key.origin)),
                None => misshapen(value),
            }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The type of a member.
#[derive(Clone, Copy)]
enum Type {
    List,
    Object,
    Text,
}

fn type_of(name: &str) -> Option<Type> {
    let is_in = |names: &[&str]| names.contains(&name);
    match name {
        _ if is_in(&LISTS) => Some(Type::List),
        _ if is_in(&OBJECTS) => Some(Type::Object),
        _ if is_in(&TEXTS) => Some(Type::Text),
        _ => None,
    }
}

impl Type {
    fn fits(self, value: &Node) -> bool {
        match self {
            Self::List => value
                .as_list()
                .is_some_and(|items| items.iter().all(|item| item.as_map().is_some())),
            Self::Object => value.as_map().is_some(),
            Self::Text => value.as_text().is_some(),
        }
    }

    fn called(self) -> &'static str {
        match self {
            Self::List => "a list of objects",
            Self::Object => "an object",
            Self::Text => "a text",
        }
    }
}
