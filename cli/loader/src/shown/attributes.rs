//! Things of AWS, in any spelling: answers, properties of templates, arguments of Terraform, specs of controllers.

use super::{
    part::{self, Part, Parts},
    policy,
};
use policy_engine::syntax::node::{Node, Value};

/// Attributes whose text is a name, an ARN, a kind or a switch; in lower case, without dashes and underscores.
const TEXTS: &[&str] = &[
    "accountid",
    "accounts",
    "actions",
    "addonname",
    "alias",
    "aliasarn",
    "aliases",
    "aliasname",
    "allowexternalprincipals",
    "arn",
    "arns",
    "associationarn",
    "associationid",
    "associations",
    "attachmentcount",
    "attachpolicyarns",
    "attachrolearn",
    "attributename",
    "audience",
    "audiences",
    "awsprincipaltype",
    "cluster",
    "clusterarn",
    "clustername",
    "createdate",
    "creationdate",
    "customermasterkeyspec",
    "defaultversionid",
    "deleteddate",
    "deletiondate",
    "disablesessiontags",
    "effect",
    "enabled",
    "enablekeyrotation",
    "encryptioncontextequals",
    "encryptioncontextsubset",
    "externalid",
    "grantee",
    "granteeprincipal",
    "grantid",
    "groups",
    "id",
    "identifiers",
    "isdefaultversion",
    "isenabled",
    "issuer",
    "issuingaccount",
    "istruncated",
    "key",
    "keyarn",
    "keyid",
    "keymanager",
    "keyspec",
    "keystate",
    "keyusage",
    "kmskeyid",
    "kmsmasterkeyid",
    "managedpolicyarn",
    "managedpolicyarns",
    "managedpolicyname",
    "masteraccountid",
    "multiregion",
    "name",
    "nameprefix",
    "namespace",
    "notactions",
    "notresources",
    "operations",
    "organizationid",
    "overwritereplicasecret",
    "ownedbyme",
    "owningservice",
    "parentid",
    "path",
    "permissionpolicyarns",
    "permissionsboundary",
    "permissionsboundaryarn",
    "permissionsboundarytype",
    "policies",
    "policyarn",
    "policyarns",
    "policyid",
    "policyname",
    "policynames",
    "policytype",
    "primaryregion",
    "principal",
    "principals",
    "recoverywindowindays",
    "region",
    "regions",
    "resource",
    "resourcearn",
    "resourcearns",
    "resources",
    "resourcetype",
    "retiringprincipal",
    "role",
    "rolearn",
    "roleid",
    "rolename",
    "roles",
    "secretarn",
    "secretid",
    "serviceaccount",
    "serviceaccountname",
    "servicename",
    "sid",
    "status",
    "tagkey",
    "target",
    "targetid",
    "targetids",
    "targetkeyarn",
    "targetkeyid",
    "targetrolearn",
    "test",
    "tier",
    "type",
    "uniqueid",
    "users",
    "variable",
    "version",
    "versionid",
    "vpcendpointid",
    "vpcid",
    "wellknownpolicies",
];

/// What is shown of an attribute.
pub(super) enum Attribute {
    /// Its text.
    Text,
    /// Its text, or all its members if it is a map: tags.
    Tags,
    /// Its members decide.
    Inside,
}

/// What is shown of an attribute; a value is shown beside the key of a tag, and beside the variable of a condition.
pub(super) fn attribute(name: &str, has_key: bool) -> Attribute {
    let plain: String = name
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-'))
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    match plain.as_str() {
        "tags" | "tagsall" | "requesttags" => Attribute::Tags,
        "value" | "tagvalue" | "values" if has_key => Attribute::Text,
        "document" | "policydocument" | "assumerolepolicydocument" => Attribute::Inside,
        plain if TEXTS.binary_search(&plain).is_ok() => Attribute::Text,
        _ => Attribute::Inside,
    }
}

/// Whether a member names what a value beside it belongs to.
pub(super) fn is_key(name: &str) -> bool {
    matches!(name, "Key" | "key" | "TagKey" | "tagKey" | "variable")
}

/// A resource, or a list of resources.
pub(super) fn walk(node: &Node, parts: &mut Parts) {
    match &node.value {
        Value::Map(_) if policy::is_document(node) => policy::document(node, parts),
        Value::Map(_) if policy::is_statement(node) => {
            part::walk(node, &policy::STATEMENT, parts);
        }
        Value::Map(members) => {
            let has_key = members
                .iter()
                .any(|(key, _)| key.as_str().is_some_and(is_key));
            for (key, value) in members {
                part::key(key, parts);
                member(key.as_str().unwrap_or(""), value, has_key, parts);
            }
        }
        Value::List(items) => items.iter().for_each(|item| walk(item, parts)),
        Value::String(_) => policy::scalar(node, parts),
        Value::Null | Value::Bool(_) | Value::Number(_) => parts.hide(node.origin.span),
    }
}

fn member(name: &str, value: &Node, has_key: bool, parts: &mut Parts) {
    let is_plain = |node: &Node| !matches!(node.value, Value::List(_) | Value::Map(_));
    match (attribute(name, has_key), &value.value) {
        (Attribute::Tags, Value::Map(_)) => part::walk(value, &Part::All, parts),
        (Attribute::Text, Value::List(items)) if !items.iter().all(is_plain) => {
            for item in items {
                match &item.value {
                    Value::Map(members) if members.len() != 1 => walk(item, parts),
                    Value::Map(_) => text_or_map(item, parts),
                    _ => part::walk(item, &Part::Text, parts),
                }
            }
        }
        (Attribute::Text, Value::Map(_)) => text_or_map(value, parts),
        (Attribute::Text, _) => part::walk(value, &Part::Text, parts),
        _ => walk(value, parts),
    }
}

/// A function that makes a text, or a map.
fn text_or_map(node: &Node, parts: &mut Parts) {
    if part::is_function(node) {
        part::walk(node, &Part::Text, parts);
    } else {
        walk(node, parts);
    }
}

#[cfg(test)]
mod tests {
    use super::TEXTS;

    #[test]
    fn the_attributes_are_in_order_and_have_no_signs() {
        assert!(TEXTS.is_sorted());
        let is_plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(TEXTS.iter().all(is_plain));
    }
}
