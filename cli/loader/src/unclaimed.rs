//! Facts of this job that stand where no reader takes them: in files of no kind, in texts of ConfigMaps, in objects that make others.

use crate::{
    adapt::{is_template, volume::DRIVER},
    fields::is_object,
    loaded::Unread,
    path::display,
    unread,
};
use policy_engine::syntax::node::{Node, Value};
use std::path::Path;

/// A fact by what people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Volume,
    Class,
    RoleOfServiceAccount,
    AwsObject,
    AwsResource,
    Statement,
    Manifest,
}

/// The groups of controllers that make AWS resources.
const CONTROLLERS: [&str; 3] = [
    ".services.k8s.aws/",
    ".aws.upbound.io/",
    "aws.crossplane.io/",
];
/// The types of AWS resources in a template that decide access.
const TYPES: [&str; 6] = [
    "AWS::IAM::",
    "AWS::SecretsManager::",
    "AWS::SSM::Parameter",
    "AWS::KMS::",
    "AWS::EKS::PodIdentityAssociation",
    "AWS::Serverless::Application",
];
/// How the actions begin that read secrets or decrypt them.
const ACTIONS: [&str; 5] = [
    "secretsmanager:*",
    "secretsmanager:Get",
    "secretsmanager:BatchGet",
    "ssm:GetParameter",
    "kms:Decrypt",
];
/// The service principal of EKS Pod Identity.
const POD_IDENTITY: &str = "pods.eks.amazonaws.com";
const ROLE_ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// The first fact of a tree outside the parts that a reader takes.
pub(crate) fn first(node: &Node, is_taken: fn(&Node) -> bool) -> Option<Fact> {
    match &node.value {
        Value::Map(_) if is_taken(node) => None,
        // No reader takes an object of an object.
        Value::Map(members) if is_object(node) => of_map(node, members).or_else(|| inside(members)),
        Value::Map(members) => of_map(node, members).or_else(|| {
            let mut values = members.iter();
            values.find_map(|(_, value)| first(value, is_taken))
        }),
        Value::List(items) => items.iter().find_map(|item| first(item, is_taken)),
        Value::String(scalar) => is_manifest(scalar.text.literal()).then_some(Fact::Manifest),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The same where no reader takes any part.
pub(crate) fn anywhere(node: &Node) -> Option<Fact> {
    first(node, |_| false)
}

fn inside(members: &[(Node, Node)]) -> Option<Fact> {
    members.iter().find_map(|(_, value)| anywhere(value))
}

/// The first fact of an object outside of its pod templates; the API server and clients write the metadata and the status.
pub(crate) fn of_object(object: &Node) -> Option<Fact> {
    let members = object.as_map().unwrap_or_default().iter();
    let mut own = members.filter(|(key, _)| !matches!(key.as_str(), Some("metadata" | "status")));
    own.find_map(|(_, value)| first(value, is_template))
}

fn of_map(node: &Node, members: &[(Node, Node)]) -> Option<Fact> {
    let text = |name: &str| node.get(name).and_then(Node::as_str);
    let has = |name: &str| node.get(name).is_some();
    if text("driver") == Some(DRIVER) || text("secretProviderClass").is_some() {
        return Some(Fact::Volume);
    }
    if text("kind") == Some("SecretProviderClass") && has("spec") {
        return Some(Fact::Class);
    }
    if text(ROLE_ANNOTATION).is_some_and(|role| !role.is_empty()) {
        return Some(Fact::RoleOfServiceAccount);
    }
    let version = text("apiVersion").unwrap_or("");
    if CONTROLLERS.iter().any(|group| version.contains(group)) && has("spec") {
        return Some(Fact::AwsObject);
    }
    let kind = text("Type").unwrap_or("");
    if TYPES.iter().any(|known| kind.starts_with(known)) && has("Properties") {
        return Some(Fact::AwsResource);
    }
    is_statement(members).then_some(Fact::Statement)
}

/// Whether a map is a statement of a policy that is about secrets or pods; tools spell the keys in small letters, too.
fn is_statement(members: &[(Node, Node)]) -> bool {
    let member = |name: &str| {
        let mut members = members.iter();
        let is_named = |key: &Node| {
            key.as_str()
                .is_some_and(|key| key.eq_ignore_ascii_case(name))
        };
        members
            .find(|(key, _)| is_named(key))
            .map(|(_, value)| value)
    };
    if member("effect").is_none() {
        return false;
    }
    let actions = ["action", "actions"].into_iter().filter_map(member);
    let is_of = |text: &str| ACTIONS.iter().any(|action| text.starts_with(action));
    let mut trusted = ["principal", "principals"].into_iter().filter_map(member);
    actions.into_iter().any(|node| has_text(node, &is_of))
        || trusted.any(|node| has_text(node, &|text| text == POD_IDENTITY))
}

fn has_text(node: &Node, is: &dyn Fn(&str) -> bool) -> bool {
    match &node.value {
        Value::String(_) => node.as_str().is_some_and(is),
        Value::List(items) => items.iter().any(|item| has_text(item, is)),
        Value::Map(members) => members.iter().any(|(_, value)| has_text(value, is)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a text is a manifest with facts of this job.
fn is_manifest(text: &str) -> bool {
    let has = |word: &str| text.contains(word);
    let is_long = has("\n") || text.trim_start().starts_with(['{', '[']);
    let of_class = || has("SecretProviderClass") && has("apiVersion");
    let of_volume = || has(DRIVER) && has("driver");
    let of_role = || has("eks.amazonaws.com/role-arn:") || has("eks.amazonaws.com/role-arn\":");
    is_long && (of_class() || of_volume() || of_role())
}

/// A file of no kind that holds facts.
pub(crate) fn file(path: &Path, documents: &[Node]) -> Option<Unread> {
    let fact = documents.iter().find_map(anywhere)?;
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("");
    let chart = path.with_file_name("Chart.yaml");
    if fact == Fact::RoleOfServiceAccount && (name.starts_with("values") || chart.is_file()) {
        return Some(Unread {
            what: "file with values of a chart",
            how: format!(
                "render the chart with it: helm template CHART -f {} | ascp-policy check . -",
                display(path)
            ),
        });
    }
    Some(Unread {
        what: "file of another form",
        how: format!("it contains {}; {}", fact.called(), fact.remedy()),
    })
}

impl Fact {
    /// The object that contains the fact.
    pub(crate) fn object(self) -> Unread {
        if self == Self::Volume {
            return unread::volume();
        }
        Unread {
            what: "object of another form",
            how: format!("it contains {}; {}", self.called(), self.remedy()),
        }
    }

    const fn called(self) -> &'static str {
        match self {
            Self::Volume => "a volume of the driver",
            Self::Class => "a SecretProviderClass",
            Self::RoleOfServiceAccount => "the role of a service account",
            Self::AwsObject => "an object of a controller for AWS",
            Self::AwsResource => "an AWS resource",
            Self::Statement => "a statement of a policy",
            Self::Manifest => "the text of a manifest",
        }
    }

    const fn remedy(self) -> &'static str {
        match self {
            Self::Volume | Self::Class | Self::RoleOfServiceAccount | Self::Manifest => {
                "check what the cluster has: `kubectl get pods,serviceaccounts,secretproviderclasses -A -o yaml | ascp-policy check . -`"
            }
            Self::AwsObject | Self::AwsResource | Self::Statement => {
                "check what the account has: the answers of `ascp-policy collect --print-script`"
            }
        }
    }
}
