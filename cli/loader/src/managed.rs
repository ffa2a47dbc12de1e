//! AWS managed policies, as far as they can matter for secrets; decoded only when a role has one.

use super::loading::Loading;
use flate2::read::GzDecoder;
use policy_engine::{
    inventory::{Inventory, ManagedPolicy},
    policy::{PolicyDocument, PolicyType, parse},
    source::{Origin, Spanned},
    syntax::{
        json,
        node::{Node, Value},
    },
};
use std::{cell::OnceCell, collections::HashSet, io::Read, sync::Arc};

static CATALOGUE: &[u8] = include_bytes!("../data/managed-policies.json.gz");
/// More than the catalogue holds when inflated.
const MAX_INFLATED: u64 = 4 * 1024 * 1024;

/// Adds the documents of AWS managed policies that are attached somewhere.
pub(super) fn attach(loading: &mut Loading) {
    let wanted = wanted(&loading.inventory);
    if wanted.is_empty() {
        return;
    }
    let Some(catalogue) = catalogue() else { return };
    for arn in wanted {
        let Some((_, name)) = arn.value.split_once(":iam::aws:policy/") else {
            continue;
        };
        match document(&catalogue, name) {
            Some(document) => {
                let document = Arc::new(document);
                loading.inventory.policies.push(ManagedPolicy {
                    arn: arn.value,
                    document,
                });
            }
            None => {
                let message = format!(
                    "the AWS managed policy `{name}` is not in the catalogue: what it allows is unknown"
                );
                loading.note(message, Some(arn.origin));
            }
        }
    }
}

/// The AWS managed policies that are attached and of which no source holds the document, each once.
fn wanted(inventory: &Inventory) -> Vec<Spanned<String>> {
    // A partition has AWS managed policies of its own, and no role of another has them.
    //
    // IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)", "ARN format".
    let named = inventory.roles.iter().flat_map(|role| {
        let own = role.attached.list.iter().chain(role.boundary.known());
        own.filter(|arn| partition(&arn.value) == partition(&role.arn))
    });
    let mut known: HashSet<&str> = inventory
        .policies
        .iter()
        .map(|policy| policy.arn.as_str())
        .collect();
    let aws = named.filter(|arn| arn.value.contains(":iam::aws:policy/"));
    aws.filter(|arn| known.insert(&arn.value))
        .cloned()
        .collect()
}

fn partition(arn: &str) -> Option<&str> {
    arn.split(':').nth(1)
}

/// The documents of AWS managed policies, decoded when the first is asked for.
#[derive(Default)]
pub(super) struct Catalogue(OnceCell<Option<Node>>);

impl Catalogue {
    /// The document of an ARN, if the catalogue has it.
    pub(super) fn document(&self, arn: &str) -> Option<Arc<PolicyDocument>> {
        let (_, name) = arn.split_once(":iam::aws:policy/")?;
        let catalogue = self.0.get_or_init(catalogue).as_ref()?;
        document(catalogue, name).map(Arc::new)
    }
}

fn catalogue() -> Option<Node> {
    let mut text = String::new();
    GzDecoder::new(CATALOGUE)
        .take(MAX_INFLATED)
        .read_to_string(&mut text)
        .ok()?;
    json::parse(Origin::NOWHERE.source, &text).ok()
}

fn document(catalogue: &Node, name: &str) -> Option<PolicyDocument> {
    let short = name.rsplit('/').next().unwrap_or(name);
    if let Some(statements) = catalogue.at(&["policies", name, "statements"]) {
        return Some(parse::statements(statements, PolicyType::Identity, short).0);
    }
    let irrelevant = catalogue.get("irrelevant").and_then(Node::as_list)?;
    irrelevant
        .iter()
        .any(|other| other.as_str() == Some(name))
        .then(|| {
            let nothing = Node {
                value: Value::List(Vec::new()),
                origin: Origin::NOWHERE,
            };
            parse::statements(&nothing, PolicyType::Identity, short).0
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_read_and_points_nowhere() {
        let catalogue = catalogue().unwrap();
        let read = document(&catalogue, "SecretsManagerReadWrite").unwrap();
        assert!(!read.statements.is_empty() && !read.origin.is_somewhere());
        assert!(!read.statements[0].origin.is_somewhere());
        assert!(
            document(&catalogue, "AmazonAthenaFullAccess")
                .unwrap()
                .statements
                .is_empty()
        );
        assert!(document(&catalogue, "NoSuchPolicy").is_none());
    }
}
