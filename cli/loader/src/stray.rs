//! A change of an unknown resource may apply to each of its kind in the account; one of an unknown account, to those of every account.

use crate::{
    arns::is_open,
    loading::Loading,
    managed::Catalogue,
    pending::{StrayFact, Target},
    shape,
};
use policy_engine::{
    inventory::{Attribute, Inventory, KeyRef, KmsKey, Parameter, ResourcePolicy, Role, Secret},
    policy::{PolicyDocument, PolicyType, parse},
    source::{Origin, SourceId},
    text::{Hole, Part, Text},
};
use std::{collections::HashSet, sync::Arc};

/// Leaves open what may hold, when everything else is known.
pub(crate) fn spread(loading: &mut Loading) {
    let catalogue = Catalogue::default();
    let present = loading.present();
    for stray in std::mem::take(&mut loading.strays) {
        let of = match stray.of {
            StrayFact::Attached { arn, hole } => match document(loading, &catalogue, &arn) {
                Some(document) => StrayFact::Inline { document, hole },
                None => StrayFact::Policy(hole),
            },
            of => of,
        };
        let reach = Reach {
            account: stray.account,
            target: stray.target,
            present: &present,
        };
        leave_open(&mut loading.inventory, &reach, of);
    }
    namesakes(loading, &catalogue);
}

/// Gives each role of an unknown name what a role of the account has that no source describes: it may be that role.
fn namesakes(loading: &mut Loading, catalogue: &Catalogue) {
    let roles = &loading.inventory.roles;
    let is_described =
        |role: &Role| !matches!(&role.trust, Attribute::Unknown(hole) if hole.is_unstated());
    let open: Vec<usize> = (0..roles.len())
        .filter(|at| {
            let role = roles.get(*at);
            role.is_some_and(|role| is_described(role) && is_open(&role.arn))
        })
        .collect();
    if open.is_empty() {
        return;
    }
    let begun = roles.iter().filter(|role| !is_described(role));
    let begun: Vec<Role> = begun
        .filter(|role| !role.inline.list.is_empty() || !role.attached.list.is_empty())
        .cloned()
        .collect();
    for other in begun {
        let hole = Hole::any(format!("whether a role has the name of {}", &*other.arn));
        let attached = other.attached.list.iter();
        let attached: Vec<_> = attached
            .map(|arn| document(loading, catalogue, &arn.value))
            .collect();
        for at in &open {
            let Some(role) = loading.inventory.roles.get_mut(*at) else {
                continue;
            };
            if role.arn.account() != other.arn.account() {
                continue;
            }
            for document in other.inline.list.iter().chain(attached.iter().flatten()) {
                role.inline.list.push(perhaps(document, &hole));
            }
            if attached.iter().any(Option::is_none) {
                role.attached.open = Some(hole.clone());
            }
        }
    }
}

fn document(loading: &Loading, catalogue: &Catalogue, arn: &str) -> Option<Arc<PolicyDocument>> {
    let mut policies = loading.inventory.policies.iter();
    let own = policies.find(|policy| policy.arn == arn);
    let own = own.map(|policy| Arc::clone(&policy.document));
    own.or_else(|| catalogue.document(arn))
}

/// The resources that a change may apply to.
struct Reach<'l> {
    account: Option<String>,
    target: Target,
    /// The sources that state what AWS has.
    present: &'l HashSet<SourceId>,
}

impl Reach<'_> {
    /// Whether the change may apply to a resource of an account.
    fn has(&self, account: &str, origin: Origin, is_named: impl FnOnce(&Text) -> bool) -> bool {
        if self.account.as_ref().is_some_and(|own| own != account) {
            return false;
        }
        match &self.target {
            Target::Any => true,
            Target::Named(text) => is_named(text),
            Target::Made(text) => self.present.contains(&origin.source) && is_named(text),
        }
    }

    fn has_role(&self, role: &Role) -> bool {
        let name = role.arn.rsplit('/').next().unwrap_or(&role.arn);
        let is_named = |text: &Text| may_be(text, name) || may_be(text, &role.arn);
        let account = role.arn.account();
        account.is_some_and(|account| self.has(&account, role.origin, is_named))
    }

    fn has_policy(&self, arn: &str, origin: Origin) -> bool {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let account = arn.split(':').nth(4).unwrap_or("");
        self.has(account, origin, |text| may_be(text, name))
    }

    fn has_secret(&self, secret: &Secret) -> bool {
        let is_named = |text: &Text| {
            let arn = || secret.arn.to_string();
            let bare = || arn().rsplit_once('-').map(|(bare, _)| bare.to_owned());
            let is_arn = |known: &str| known.starts_with("arn:") && may_be(&secret.arn, known);
            may_be(text, &secret.name)
                || may_be(text, &arn())
                || text.known().is_some_and(is_arn)
                || bare().is_some_and(|bare| may_be(text, &bare))
        };
        self.has(&secret.account, secret.origin, is_named)
    }

    fn has_key(&self, key: &KmsKey) -> bool {
        let is_named = |text: &Text| {
            let arn = key.arn.to_string();
            let id = arn.rsplit('/').next().unwrap_or(&arn);
            may_be(text, id) || may_be(text, &arn)
        };
        self.has(&key.account, key.origin, is_named)
    }

    fn has_parameter(&self, parameter: &Parameter) -> bool {
        let is_named = |text: &Text| may_be(text, &parameter.name) || may_be(text, &parameter.arn);
        self.has(&parameter.account, parameter.origin, is_named)
    }
}

/// Whether a text with unknown parts may be a name; a name that is unknown in part may be any.
fn may_be(text: &Text, name: &str) -> bool {
    if is_open(name) {
        return true;
    }
    let mut rest = name;
    let mut is_after_hole = false;
    let mut parts = text.parts().peekable();
    while let Some(part) = parts.next() {
        let Part::Literal(known) = part else {
            is_after_hole = true;
            continue;
        };
        let is_last = parts.peek().is_none();
        let behind = match (is_after_hole, is_last) {
            (true, true) => return rest.ends_with(known),
            (true, false) => rest.split_once(known).map(|(_, behind)| behind),
            (false, _) => rest.strip_prefix(known),
        };
        let Some(behind) = behind else { return false };
        rest = behind;
        is_after_hole = false;
    }
    is_after_hole || rest.is_empty()
}

/// A policy of which it is unknown whether a role has it.
fn perhaps(document: &PolicyDocument, hole: &Hole) -> Arc<PolicyDocument> {
    let mut perhaps = document.clone();
    for statement in &mut perhaps.statements {
        statement.open.push(hole.clone());
    }
    Arc::new(perhaps)
}

fn leave_open(inventory: &mut Inventory, reach: &Reach<'_>, of: StrayFact) {
    let roles = inventory.roles.iter_mut();
    let roles = roles.filter(|role| reach.has_role(role));
    let secrets = inventory.secrets.iter_mut();
    let secrets = secrets.filter(|secret| reach.has_secret(secret));
    let keys = inventory.keys.iter_mut();
    let keys = keys.filter(|key| reach.has_key(key));
    let parameters = inventory.parameters.iter_mut();
    let parameters = parameters.filter(|parameter| reach.has_parameter(parameter));
    match of {
        // It was looked up.
        StrayFact::Attached { .. } => {}
        StrayFact::Policy(hole) => {
            roles.for_each(|role| role.attached.open = Some(hole.clone()));
        }
        StrayFact::Inline { document, hole } => {
            if document.statements.is_empty() {
                return;
            }
            let perhaps = perhaps(&document, &hole);
            roles.for_each(|role| role.inline.list.push(Arc::clone(&perhaps)));
        }
        StrayFact::OnlyAttached { listed, hole } => roles.for_each(|role| {
            role.attached.list.retain(|arn| listed.contains(&arn.value));
            role.attached.open = Some(hole.clone());
        }),
        StrayFact::OnlyInline { listed, hole } => {
            roles.for_each(|role| only_inline(role, &listed, &hole));
        }
        StrayFact::Passed { to, hole } => passed(roles, secrets, keys, &to, &hole),
        StrayFact::Role(hole) => roles.for_each(|role| {
            role.trust = Attribute::Unknown(hole.clone());
            role.boundary = Attribute::Unknown(hole.clone());
            role.attached.open = Some(hole.clone());
            role.tags.open = Some(hole.clone());
        }),
        StrayFact::ManagedPolicy(hole) => {
            let policies = inventory.policies.iter_mut();
            let own =
                policies.filter(|policy| reach.has_policy(&policy.arn, policy.document.origin));
            own.for_each(|policy| policy.document = anything(&policy.document, &hole));
        }
        StrayFact::Secret(hole) => secrets.for_each(|secret| {
            secret.policy = ResourcePolicy::Unknown(hole.clone());
            secret.key = KeyRef::Unknown(hole.clone());
            secret.tags.open = Some(hole.clone());
            secret.replicas.open = Some(hole.clone());
        }),
        StrayFact::Parameter(hole) => parameters.for_each(|parameter| {
            parameter.secure = Attribute::Unknown(hole.clone());
            parameter.key = KeyRef::Unknown(hole.clone());
            parameter.tags.open = Some(hole.clone());
        }),
        StrayFact::SecretPolicy(hole) => {
            secrets.for_each(|secret| secret.policy = ResourcePolicy::Unknown(hole.clone()));
        }
        StrayFact::SecretTag(hole) => {
            secrets.for_each(|secret| secret.tags.open = Some(hole.clone()));
        }
        StrayFact::KeyPolicy(hole) => {
            keys.for_each(|key| key.policy = Attribute::Unknown(hole.clone()));
        }
        StrayFact::Alias(hole) => keys.for_each(|key| key.more_aliases = Some(hole.clone())),
        StrayFact::Grant(hole) => keys.for_each(|key| key.grants.open = Some(hole.clone())),
        StrayFact::Share(hole) => {
            parameters.for_each(|parameter| parameter.shares.open = Some(hole.clone()));
        }
    }
}

/// Leaves open what gets the name or ARN of a resource.
fn passed<'i>(
    roles: impl Iterator<Item = &'i mut Role>,
    secrets: impl Iterator<Item = &'i mut Secret>,
    keys: impl Iterator<Item = &'i mut KmsKey>,
    to: &str,
    hole: &Hole,
) {
    let is_passed = |name: &str| to.contains(&format!("\"{name}\""));
    for role in roles {
        let name = role.arn.rsplit('/').next().unwrap_or(&role.arn);
        if is_passed(name) || is_passed(&role.arn) {
            role.attached.open = Some(hole.clone());
        }
    }
    for secret in secrets {
        if is_passed(&secret.name) || is_passed(&secret.arn.to_string()) {
            secret.policy = ResourcePolicy::Unknown(hole.clone());
        }
    }
    for key in keys {
        let arn = key.arn.to_string();
        if is_passed(arn.rsplit('/').next().unwrap_or(&arn)) || is_passed(&arn) {
            key.policy = Attribute::Unknown(hole.clone());
            key.grants.open = Some(hole.clone());
        }
    }
}

/// The inline policies of a role that are not listed may go away.
fn only_inline(role: &mut Role, listed: &[String], hole: &Hole) {
    let policies = role.inline.list.iter_mut();
    let others = policies.filter(|policy| listed.iter().all(|name| **name != *policy.name));
    others.for_each(|policy| *policy = anything(policy, hole));
}

/// A policy that may allow or deny anything, in the place of one that may go away or be another.
fn anything(policy: &PolicyDocument, hole: &Hole) -> Arc<PolicyDocument> {
    let node = shape::unknown(&hole.name, PolicyType::Identity, policy.origin);
    let (document, _) = parse::document(&node, PolicyType::Identity, policy.name.to_string());
    Arc::new(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_unknown_parts_may_be_each_name_that_has_its_known_parts() {
        for (text, name, expected) in [
            ("app", "app", true),
            ("app", "app-2", false),
            ("<x>", "app", true),
            ("<x>-app", "dev-app", true),
            ("<x>-app", "dev-app-2", false),
            ("a-<x>-app", "a-dev-app-app", true),
            ("a-<x>-app-<y>", "a-dev-app-2", true),
            ("a-<x>-app-<y>", "b-dev-app-2", false),
            ("app", "<y>", true),
        ] {
            assert_eq!(may_be(&Text::shown(text), name), expected, "{text} {name}");
        }
    }
}
