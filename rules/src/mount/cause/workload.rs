//! Refusals before any policy is asked: class, object, association, key.

use super::case::{Case, nearest};
use crate::{family::rule_of_class, finding::Draft};
use policy_engine::{
    inventory::{Association, Pod},
    simulator::Fault,
    syntax::arn::Arn,
};

pub(super) fn cause(case: &Case<'_>, fault: &Fault) -> Draft {
    match fault {
        Fault::Class(fault) => {
            let class = case.stage.asked.join(" ");
            let message = format!(
                "{} cannot mount the class `{class}`: {fault}",
                case.names.pod
            );
            let rule = rule_of_class(fault);
            case.at(rule.code, origin(case), "refused by the provider", message)
                .related(case.mount.name.origin, "this object")
                .help(fault.help())
        }
        Fault::NoClass(name) => no_class(case, name),
        Fault::NoObject { name, region } => no_object(case, name, region),
        Fault::NoAssociation => no_association(case),
        Fault::NoAnnotation => no_annotation(case),
        Fault::ForeignRole => case
            .at(
                "POD201",
                origin(case),
                "a role of another account",
                headline(
                    case,
                    "the role of its association is not in the cluster's account",
                ),
            )
            .help("name a role of the cluster's account, and the other one as target role"),
        Fault::NoAudience(audience) => case
            .at(
                "SPC135",
                origin(case),
                "the audience is missing",
                headline(
                    case,
                    &format!("the CSIDriver object asks for no token of audience {audience}"),
                ),
            )
            .help(format!(
                "add `- audience: {audience}` to spec.tokenRequests"
            )),
        Fault::NoRole(arn) => no_role(case, arn),
        Fault::NoKey(name) => case
            .at(
                "KMS107",
                origin(case),
                "no such key",
                headline(case, &format!("its key `{name}` does not exist")),
            )
            .help("name an existing key of the same region"),
        Fault::KeyDisabled => case
            .at(
                "KMS107",
                origin(case),
                "disabled",
                headline(case, "its key is disabled"),
            )
            .help("enable the key"),
    }
}

fn origin(case: &Case<'_>) -> policy_engine::source::Origin {
    case.stage
        .by
        .as_ref()
        .map_or(case.mount.name.origin, |by| by.origin)
}

fn headline(case: &Case<'_>, reason: &str) -> String {
    format!("{}: {reason}", case.headline())
}

fn no_object(case: &Case<'_>, name: &str, region: &str) -> Draft {
    let what = if case.mount.parameter {
        "parameter"
    } else {
        "secret"
    };
    let message = format!(
        "{} mounts `{name}`, and there is no such {what} in {region}",
        case.names.pod
    );
    let failover = case
        .mount
        .failover
        .as_ref()
        .filter(|failover| failover.region == region);
    if let Some(failover) = failover.filter(|_| case.mount.object.is_some()) {
        let place = case
            .mount
            .class
            .and_then(|(class, _)| class.parameter("failoverRegion"));
        let place = place.map_or(case.mount.name.origin, |place| place.origin);
        return case
            .at("XAC113", place, format!("no such {what} here"), message)
            .related(case.mount.name.origin, "mounted here")
            .help(format!(
                "replicate `{}` to {}, or remove the failover region",
                failover.name, failover.region
            ));
    }
    let twin = case
        .inventory
        .objects()
        .find(|object| case.mount.means(*object));
    let role = case
        .walk
        .session
        .as_ref()
        .map(|session| session.role.as_str());
    let foreign = twin.filter(|twin| {
        let own = role.and_then(Arn::parse).map(|arn| arn.account);
        own.is_some_and(|own| own != twin.account()) && !name.starts_with("arn:")
    });
    if let Some(twin) = foreign {
        let display = twin.display(case.inventory);
        return case
            .at(
                "XAC103",
                case.mount.name.origin,
                format!("`{display}` is in another account"),
                message,
            )
            .help(format!("objectName: {}, with an objectAlias", twin.arn()));
    }
    if let Some(twin) = twin {
        let own = twin.region();
        let display = twin.display(case.inventory);
        return case
            .at(
                "SCT113",
                origin(case),
                format!("`{display}` lies in {own}"),
                message,
            )
            .related(case.mount.name.origin, "mounted here")
            .help(format!("region: {own}"));
    }
    let names = case
        .inventory
        .objects()
        .map(policy_engine::inventory::find::Object::name);
    let cause = case.at(
        "SCT113",
        case.mount.name.origin,
        format!("no such {what}"),
        message,
    );
    match nearest(name, names) {
        Some(near) => cause.help(format!("did you mean `{near}`?")),
        None => cause.help(format!(
            "create the {what}, or correct its name, account and region"
        )),
    }
}

fn no_class(case: &Case<'_>, name: &str) -> Draft {
    let namespace = &case.mount.pod.namespace;
    let message = format!(
        "{} mounts the class `{name}`, and there is none in namespace {namespace}",
        case.names.pod
    );
    let cause = case.at("SPC128", case.mount.name.origin, "no such class", message);
    let own = case
        .inventory
        .classes
        .iter()
        .filter(|class| class.namespace == *namespace);
    let own: Vec<_> = own.map(|class| class.name.value.as_str()).collect();
    if let Some(near) = nearest(name, own.into_iter()) {
        return cause.help(format!("did you mean `{near}`?"));
    }
    match case
        .inventory
        .classes
        .iter()
        .find(|class| class.name.value == name)
    {
        Some(other) => cause
            .related(
                other.name.origin,
                format!("this one is in namespace {}", other.namespace),
            )
            .help("a class is found only in the namespace of the pod"),
        None => cause.help("create the SecretProviderClass, or correct the name"),
    }
}

fn no_association(case: &Case<'_>) -> Draft {
    let pod = &case.mount.pod;
    let place = case
        .mount
        .workload
        .map_or(case.mount.name.origin, |workload| {
            workload.service_account.origin
        });
    if let Some((association, wrong)) = misplaced(case, pod) {
        let (field, wanted) = match wrong {
            Wrong::Namespace => (&association.namespace, &pod.namespace),
            Wrong::ServiceAccount => (&association.service_account, &pod.service_account),
        };
        let name = if matches!(wrong, Wrong::Namespace) {
            "namespace"
        } else {
            "serviceAccount"
        };
        let message = headline(
            case,
            &format!(
                "the association is for {name} `{}`, not `{wanted}`",
                field.value
            ),
        );
        return case
            .at("SPC122", field.origin, "no pod runs there", message)
            .related(place, format!("the pod runs as {}", case.names.pod))
            .help(format!("\"{name}\": \"{wanted}\""));
    }
    let cluster = case
        .inventory
        .cluster(&pod.cluster)
        .map_or(pod.cluster.as_str(), |cluster| cluster.name.as_str());
    let help = format!(
        "aws eks create-pod-identity-association --cluster-name {cluster} --namespace {} --service-account {} --role-arn ROLE",
        pod.namespace, pod.service_account
    );
    case.at(
        "SPC121",
        place,
        "no association names this service account",
        headline(case, "it has no association"),
    )
    .related(case.mount.name.origin, "mounted here")
    .help(help)
}

#[derive(Clone, Copy)]
enum Wrong {
    Namespace,
    ServiceAccount,
}

/// An association that differs in one name and belongs to no pod that is known.
fn misplaced<'a>(case: &Case<'a>, pod: &Pod) -> Option<(&'a Association, Wrong)> {
    let idle = |association: &&Association| {
        let own = Pod {
            cluster: association.cluster.clone(),
            namespace: association.namespace.value.clone(),
            service_account: association.service_account.value.clone(),
        };
        own.cluster == pod.cluster
            && !case
                .inventory
                .service_accounts
                .iter()
                .any(|one| one.pod == own)
            && !case.inventory.workloads.iter().any(|one| {
                one.namespace == own.namespace && one.service_account.value == own.service_account
            })
    };
    let mut idle = case.inventory.associations.iter().filter(idle);
    idle.clone()
        .find(|one| one.service_account.value == pod.service_account)
        .map(|one| (one, Wrong::Namespace))
        .or_else(|| {
            idle.find(|one| one.namespace.value == pod.namespace)
                .map(|one| (one, Wrong::ServiceAccount))
        })
}

fn no_annotation(case: &Case<'_>) -> Draft {
    let pod = &case.mount.pod;
    let association = case.inventory.associations.iter().find(|one| {
        one.cluster == pod.cluster
            && one.namespace.value == pod.namespace
            && one.service_account.value == pod.service_account
    });
    let Some(association) = association else {
        let place = case
            .mount
            .workload
            .map_or(case.mount.name.origin, |workload| {
                workload.service_account.origin
            });
        return case
            .at("SPC121", place, "neither annotation nor association", headline(case, "its service account has no role"))
            .help("annotate it with eks.amazonaws.com/role-arn, or use Pod Identity: usePodIdentity: \"true\" and an association");
    };
    let class = case.mount.class.map(|(class, _)| class);
    let place = class.map(|class| {
        class
            .parameter("usePodIdentity")
            .map_or(class.parameters_origin, |value| value.origin)
    });
    let message = headline(
        case,
        "the class uses IRSA, and the service account has only a Pod Identity association",
    );
    case.at(
        "SPC120",
        place.unwrap_or(case.mount.name.origin),
        "Pod Identity is not asked for",
        message,
    )
    .related(association.origin, "the association")
    .help("usePodIdentity: \"true\"")
}

fn no_role(case: &Case<'_>, arn: &str) -> Draft {
    let name = case.inventory.role_name(arn);
    let message = headline(case, &format!("its role `{name}` does not exist"));
    let place = case
        .inventory
        .associations
        .iter()
        .flat_map(|one| one.role.iter().chain(&one.target_role));
    let place = place
        .into_iter()
        .find(|role| role.value == arn)
        .map_or_else(|| origin(case), |role| role.origin);
    let cause = case.at("POD202", place, "no such role", message);
    match nearest(
        arn,
        case.inventory.roles.iter().map(|role| role.arn.as_str()),
    ) {
        Some(near) => cause.help(format!("did you mean `{near}`?")),
        None => cause.help("create the role, or name an existing one"),
    }
}
