//! Roles and the pods that have them.

use policy_engine::inventory::{Association, Inventory, Role};
use std::collections::{HashMap, HashSet};

/// The pods of each role, by the ARN of the role.
pub(crate) struct Pods<'a> {
    /// The associations whose pods have a role in the end.
    ends: HashMap<&'a str, Vec<&'a Association>>,
    /// Every role that a pod assumes, also as the first of two.
    reached: HashSet<&'a str>,
    /// The roles of associations with session tags.
    tagged: HashSet<&'a str>,
    /// The roles of associations without session tags, and of annotations.
    untagged: HashSet<&'a str>,
    /// The roles of annotations.
    annotated: HashSet<&'a str>,
    /// The roles of associations.
    associated: HashSet<&'a str>,
    /// The target roles of associations.
    targets: HashSet<&'a str>,
}

impl<'a> Pods<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        let mut pods = Self {
            ends: HashMap::new(),
            reached: HashSet::new(),
            tagged: HashSet::new(),
            untagged: HashSet::new(),
            annotated: HashSet::new(),
            associated: HashSet::new(),
            targets: HashSet::new(),
        };
        for association in &inventory.associations {
            let roles = || association.roles().map(|role| role.value.as_str());
            pods.reached.extend(roles());
            pods.associated.extend(roles());
            let target = association.target_role.known();
            pods.targets.extend(target.map(|role| role.value.as_str()));
            match association.sets_tags() {
                Some(false) => pods.untagged.extend(roles()),
                Some(true) | None => pods.tagged.extend(roles()),
            }
            if let Some(last) = association.reader() {
                pods.ends.entry(&last.value).or_default().push(association);
            }
        }
        let annotated = inventory
            .service_accounts
            .iter()
            .filter_map(|account| account.irsa.as_ref());
        for role in annotated {
            pods.reached.insert(&role.value);
            pods.untagged.insert(&role.value);
            pods.annotated.insert(&role.value);
        }
        pods
    }

    /// The associations whose pods read with a role: as their target role, else as their only role.
    pub(crate) fn tenants(&self, role: &Role) -> &[&'a Association] {
        let tenants = self.ends.get(role.arn.as_str());
        tenants.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether an association with session tags has a role.
    pub(crate) fn have_tags(&self, role: &Role) -> bool {
        self.tagged.contains(role.arn.as_str())
    }

    /// Whether an association without session tags, or an annotation, has a role.
    pub(crate) fn have_no_tags(&self, role: &Role) -> bool {
        self.untagged.contains(role.arn.as_str())
    }

    /// Whether annotations name a role, and no association does.
    pub(crate) fn have_only_web_identities(&self, role: &Role) -> bool {
        let arn = role.arn.as_str();
        self.annotated.contains(arn) && !self.associated.contains(arn)
    }

    /// Whether a role is the target role of an association.
    pub(crate) fn have_target(&self, role: &Role) -> bool {
        self.targets.contains(role.arn.as_str())
    }

    /// Whether a pod assumes a role, by an association or an annotation.
    pub(crate) fn serve(&self, role: &Role) -> bool {
        self.reached.contains(role.arn.as_str())
    }
}

/// The ARN of the role of a session, from the parts of the session's ARN around `:assumed-role/`: with the path of the only role of the name, which
/// the session's ARN lacks (IAM User Guide, "IAM identifiers").
pub(crate) fn of_session(inventory: &Inventory, head: &str, rest: &str) -> String {
    let name = rest.split('/').next().unwrap_or(rest);
    let head = head.replace(":sts:", ":iam:");
    let mut roles = inventory.roles.iter();
    let is_own =
        |role: &&Role| role.arn.name() == name && role.arn.starts_with(&format!("{head}:"));
    match roles.find(is_own) {
        Some(role) => role.arn.to_string(),
        None => format!("{head}:role/{name}"),
    }
}
