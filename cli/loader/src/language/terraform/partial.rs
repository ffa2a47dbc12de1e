//! A plan of a part of its configuration: what it leaves out may change what the rest allows.
//!
//! Terraform documentation, "JSON Output Format", `complete`; a plan with `-target` or with deferred changes is not complete.

use super::{
    accounts::Accounts,
    plan::{Plan, bare, list},
};
use crate::{
    loaded::Unread,
    loading::Loading,
    pending::{Stray, StrayFact},
};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::Hole,
};
use std::collections::{BTreeSet, HashSet};

/// The change that a resource of a type makes to another resource.
type Change = fn(Hole) -> StrayFact;
const CHANGES: [(&str, Change); 8] = [
    ("aws_iam_role_policy", StrayFact::Policy),
    ("aws_iam_role_policy_attachment", StrayFact::Policy),
    ("aws_iam_policy_attachment", StrayFact::Policy),
    ("aws_secretsmanager_secret_policy", StrayFact::SecretPolicy),
    ("aws_secretsmanager_tag", StrayFact::SecretTag),
    ("aws_kms_key_policy", StrayFact::KeyPolicy),
    ("aws_kms_alias", StrayFact::Alias),
    ("aws_kms_grant", StrayFact::Grant),
];

/// Leaves open what the other part of a configuration may change.
pub(super) fn take(
    loading: &mut Loading,
    node: &Node,
    plan: &Plan<'_>,
    accounts: &Accounts,
    name: &str,
) {
    let is_partial = node
        .get("complete")
        .is_some_and(|complete| matches!(complete.value, Value::Bool(false)));
    let Some(configuration) = plan.configuration("").filter(|_| is_partial) else {
        return;
    };
    let mut kinds = BTreeSet::new();
    let planned = plan
        .resources
        .iter()
        .map(|own| (bare(&own.module), format!("{}.{}", own.kind, own.name)));
    left_out(configuration, "", &planned.collect(), &mut kinds);
    let unread = Unread {
        what: "partial Terraform plan",
        how: "it leaves out resources of its configuration: plan without `-target`".to_owned(),
    };
    loading.unread_file(name, unread);
    let changes = CHANGES.iter().filter(|(kind, _)| kinds.contains(*kind));
    let changes: Vec<Change> = changes.map(|(_, change)| *change).collect();
    for account in accounts.known() {
        loading.leave_open(Some(&account), Origin::NOWHERE);
        for change in &changes {
            let hole = Hole::any(format!("the part that the plan {name} leaves out"));
            let stray = Stray::within(account.clone(), change(hole));
            loading.strays.push(stray);
        }
    }
}

/// The types of the resources of a module, and of those that it calls, that the plan leaves out.
fn left_out(
    module: &Node,
    path: &str,
    planned: &HashSet<(String, String)>,
    kinds: &mut BTreeSet<String>,
) {
    for resource in list(module, "resources") {
        let text = |name: &str| resource.get(name).and_then(Node::as_str);
        if let (Some("managed"), Some(kind), Some(name)) =
            (text("mode"), text("type"), text("name"))
            && !planned.contains(&(path.to_owned(), format!("{kind}.{name}")))
        {
            kinds.insert(kind.to_owned());
        }
    }
    let calls = module.get("module_calls").and_then(Node::as_map);
    for (name, call) in calls.into_iter().flatten() {
        if let (Some(name), Some(inner)) = (name.as_str(), call.get("module")) {
            let dot = if path.is_empty() { "" } else { "." };
            left_out(inner, &format!("{path}{dot}module.{name}"), planned, kinds);
        }
    }
}
