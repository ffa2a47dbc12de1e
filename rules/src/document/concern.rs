//! Whether a statement concerns secrets, parameters, keys, or the roles of pods.

use super::{
    actions::matches_action,
    statement::{entries, is_allow, resources},
};
use crate::text::globs::includes_any_case;
use policy_engine::{
    policy::{
        PolicyDocument, PolicyType,
        statement::{PrincipalKind, Statement, Written},
    },
    service::{PARAMETER_STORE, ServiceProfile},
};

/// Actions by which a caller gets the sessions of others, or changes who does.
const CONCERNS: [&str; 5] = [
    "sts:assumerole",
    "sts:tagsession",
    "iam:passrole",
    "iam:tagrole",
    "eks:createpodidentityassociation",
];
/// The services of these actions, and of pods.
const SERVICES: [&str; 4] = ["sts", "iam", "eks", "eks-auth"];

/// Whether a statement of a policy is about an action that concerns secrets, keys or roles; a policy without statements is.
pub(crate) fn concerns(policy: &PolicyDocument) -> bool {
    policy.statements.is_empty() || policy.statements.iter().any(is_concern)
}

/// Whether a statement is about an action that concerns secrets, keys or roles; one without readable actions is.
fn is_concern(statement: &Statement) -> bool {
    let Some(element) = &statement.action else {
        return true;
    };
    let mut names = element.values.iter();
    !reads_public_parameters(statement) && (element.negated || names.any(is_of_concern))
}

/// Whether a statement of a policy concerns them, as far as its document has a type in which statements are about other things.
pub(crate) fn is_concern_in(kind: PolicyType, statement: &Statement) -> bool {
    match kind {
        PolicyType::Key | PolicyType::Resource => !is_of_other_services(statement),
        PolicyType::Trust => true,
        _ => is_concern(statement),
    }
}

fn is_of_concern(action: &Written) -> bool {
    let Some(text) = action.text.known() else {
        return true;
    };
    if text.eq_ignore_ascii_case("iam:CreateServiceLinkedRole") {
        return false;
    }
    let service = text.split(':').next().unwrap_or(text);
    let is_service = SERVICES.iter().any(|own| own.eq_ignore_ascii_case(service));
    let profile = ServiceProfile::of(service);
    let is_of_objects = match profile {
        // Systems Manager does more than storing parameters.
        Some(profile) if *profile == PARAMETER_STORE => {
            let text = text.to_ascii_lowercase();
            let mut marks = ["parameter", "tag", "resourcepolicy"].into_iter();
            marks.any(|mark| text.contains(mark))
        }
        Some(_) => true,
        None => false,
    };
    let reads = ServiceProfile::ALL.iter().flat_map(|profile| profile.read);
    is_service
        || is_of_objects
        || !text.contains(':')
        || reads
            .chain(&CONCERNS)
            .any(|own| includes_any_case(text, own))
}

/// Whether all resources of a statement are parameters without secrets: those that AWS publishes, and the configuration of the CloudWatch agent.
///
/// AWS Systems Manager User Guide, "Discovering public parameters in Parameter Store"; AWS managed policy `CloudWatchAgentServerPolicy`.
pub(crate) fn reads_public_parameters(statement: &Statement) -> bool {
    let is_public = |resource: &Written| {
        let parts: Vec<_> = resource.text.literal().splitn(6, ':').collect();
        matches!(parts.as_slice(), [_, _, "ssm", _, _, name] if PUBLIC.iter().any(|own| name.starts_with(own)))
    };
    let all = resources(statement);
    !all.is_empty() && all.iter().all(is_public)
}

const PUBLIC: [&str; 2] = ["parameter/aws/", "parameter/AmazonCloudWatch-"];

/// Whether a statement of a policy with principals names only services that neither store secrets nor run pods.
fn is_of_other_services(statement: &Statement) -> bool {
    let mut names = entries(statement).peekable();
    names.peek().is_some()
        && names.all(|entry| {
            let name = entry.value.text.known().unwrap_or("secretsmanager");
            let mut own = ["secretsmanager", "ssm", "eks"].into_iter();
            entry.kind == PrincipalKind::Service && !own.any(|own| name.contains(own))
        })
}

/// Whether a statement reads as that of an administrator: it also allows what no reader of secrets needs, or every action of several services.
pub(crate) fn is_of_administrators(statement: &Statement) -> bool {
    const MANAGED: [&str; 2] = ["eks:DeleteCluster", "iam:DeleteRole"];
    let names = statement.action.iter().flat_map(|list| &list.values);
    let whole = names.filter(|name| name.text.literal().ends_with(":*"));
    let mut managed = MANAGED.iter();
    is_allow(statement)
        && statement.conditions.is_empty()
        && resources(statement)
            .iter()
            .any(|own| own.text.literal() == "*")
        && (managed.any(|action| matches_action(statement, action))
            || whole.count() >= MOST_SERVICES)
}

/// Fewer services than these are those of a reader: of secrets, parameters, keys.
const MOST_SERVICES: usize = 3;
