//! Files that no reader takes, but that may hold facts of this job: whether they do.

use crate::{
    decode, detect, door,
    kind::Kind,
    language::kubernetes::object::objects,
    loaded::Unread,
    open,
    opened::MAX_FILE,
    parse::parse,
    unclaimed,
    unread::{self, is_ours, terraform},
    words::has_words,
};
use policy_engine::{source::SourceId, syntax::node::Node};
use std::path::Path;

/// The number of bytes that are searched in a file with another name.
const MAX_DISGUISED: u64 = 1024 * 1024;

/// Whether a file holds facts of this job, whatever it is called.
pub(crate) fn is_ours_file(path: &Path) -> bool {
    let Ok(bytes) = door::beginning(path, MAX_FILE) else {
        return false;
    };
    match decode::text(bytes) {
        Ok(text) => holds_facts(path, &text).unwrap_or_else(|| is_ours(&text)),
        Err(error) => is_ours(&error.lossy),
    }
}

/// Whether the documents of a text hold facts of this job; nothing if it cannot be parsed.
fn holds_facts(path: &Path, text: &str) -> Option<bool> {
    if open::kind_by_extension(path).is_some() {
        return Some(terraform(text).is_some());
    }
    let documents = parse(SourceId(0), path, text).ok()?;
    Some(match detect::detect(&documents) {
        None => documents
            .iter()
            .any(|document| unclaimed::anywhere(document).is_some()),
        Some(Kind::KUBERNETES) => documents
            .iter()
            .any(|document| has_words(document) || has_access(document)),
        Some(_) => true,
    })
}

/// Whether a document states who may read Secrets of Kubernetes.
fn has_access(document: &Node) -> bool {
    let objects = objects(document);
    let mut kinds = objects.iter().filter_map(|object| object.get("kind"));
    kinds.any(|kind| {
        let kind = kind.as_str();
        matches!(
            kind,
            Some("Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding")
        )
    })
}

/// Operations of JSON Patch with a volume of the driver, as `kubectl patch` applies them.
pub(crate) fn json_patch(documents: &[Node]) -> Option<Unread> {
    let is_operation = |item: &Node| item.get("op").is_some() && item.get("path").is_some();
    let items = documents.iter().filter_map(Node::as_list);
    let mut operations = items.flatten().filter(|item| is_operation(item));
    operations.any(has_words).then(|| Unread {
        what: "patch with facts of a mount",
        how: "check the object that the cluster has: `kubectl get deployment -o yaml | ascp-policy check -`".to_owned(),
    })
}

/// The extensions of texts that another tool fills in or evaluates.
const EVALUATED: [&str; 12] = [
    "template",
    "tpl",
    "tmpl",
    "gotmpl",
    "j2",
    "jinja",
    "jinja2",
    "jsonnet",
    "libsonnet",
    "cue",
    "hcl",
    "cfn",
];

/// The extensions of scripts.
const SCRIPTS: [&str; 4] = ["sh", "bash", "zsh", "ps1"];
/// Commands and parts of manifests with which a script makes facts of this job.
///
/// AWS CLI Command Reference; eksctl documentation, "EKS Pod Identity Associations" and "IAM Roles for Service Accounts".
const COMMANDS: [&str; 11] = [
    "kind: SecretProviderClass",
    "driver: secrets-store.csi.k8s.io",
    "eks create-pod-identity-association",
    "create podidentityassociation",
    "create iamserviceaccount",
    "eks.amazonaws.com/role-arn=",
    "secretsmanager put-resource-policy",
    "iam put-role-policy",
    "iam attach-role-policy",
    "kms put-key-policy",
    "kms create-grant",
];

/// Whether a name resembles that of an input, but is not read as one: `app.yaml.txt`, `app.yaml `, `stack.template`, `app`.
pub(crate) fn may_be_disguised(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let name = name.to_string_lossy();
    let plain: String = name.chars().filter(char::is_ascii).collect();
    let plain = plain.to_ascii_lowercase();
    let bare = plain.trim_start_matches('.');
    ["yaml", "yml", "json"]
        .iter()
        .any(|word| bare.contains(word))
        || is_evaluated(bare)
        || is_script(bare)
        || !bare.contains('.')
}

fn is_script(name: &str) -> bool {
    extension(name).is_some_and(|extension| SCRIPTS.contains(&extension))
}

/// A script that makes facts of this job.
fn script(text: &str) -> Option<Unread> {
    // A command may go on in the next line.
    let text = text.replace("\\\n", " ");
    let lines = text.lines().map(str::trim_start);
    let mut commands = lines.filter(|line| !line.starts_with('#'));
    let makes = |line: &str| {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        COMMANDS.iter().any(|word| line.contains(word))
    };
    commands.any(makes).then(|| Unread {
        what: "script with facts of this job",
        how: "what it makes is not read: save the answers of AWS and the objects of the cluster after it ran (`ascp-policy collect --print-script`)"
            .to_owned(),
    })
}

fn is_evaluated(name: &str) -> bool {
    extension(name).is_some_and(|extension| EVALUATED.contains(&extension))
}

fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// A file of another name that holds facts of this job.
pub(crate) fn disguised(path: &Path) -> Option<Unread> {
    let bytes = door::beginning(path, MAX_DISGUISED).ok()?;
    let text = decode::text(bytes).ok()?;
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    if extension(&name) == Some("hcl") {
        return unread::hcl(&text);
    }
    if is_script(&name) {
        return script(&text);
    }
    if text.starts_with("#!")
        && let Some(unread) = script(&text)
    {
        return Some(unread);
    }
    let is_ours = match holds_facts(path, &text) {
        Some(is_ours) => is_ours,
        None => is_evaluated(&name) && is_ours(&text),
    };
    if is_ours && is_evaluated(&name) && (text.contains("{{") || unread::chart_of(path).is_some()) {
        return Some(unread::template(path));
    }
    is_ours.then(|| Unread {
        what: "file of another name",
        how: "name it, or let its name end in .yaml or .json".to_owned(),
    })
}
