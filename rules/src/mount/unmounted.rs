//! Pods that mount nothing: whether the trust policies of their roles allow them.

use crate::{
    finding::{Label, MOUNTED},
    input::{Options, Settings},
    mount::{
        cause::{Case, Cause, Causes},
        names::{Access, Names},
        stages::first_refusal,
    },
    world::index::Index,
};
use policy_engine::{
    inventory::{
        AccountId, Attribute, Inventory, KeyRef, Listed, Pod, Region, ResourcePolicy, Secret, Tags,
        Via, find::Object, promise::Ask,
    },
    simulator::{Question, Simulator, Stage, StageName, Target, mounts::MountPoint},
    source::{Origin, Spanned},
    syntax::arn::Arn,
    text::{Hole, Text},
};
use std::collections::HashSet;

/// The causes for which pods without a mount do not receive their roles.
pub(crate) fn check(
    simulator: &Simulator<'_>,
    index: &Index<'_>,
    options: &Options<'_>,
    settings: &Settings,
    causes: &Causes,
) -> Vec<Cause> {
    let inventory = simulator.inventory();
    let mounting: HashSet<&Pod> = simulator.mounts().iter().map(|mount| &mount.pod).collect();
    let idle = bindings(inventory)
        .filter(|binding| !mounting.contains(&binding.pod) && binding.pod.is_known());
    let unmounted =
        idle.filter_map(|binding| cause(simulator, index, options, settings, causes, &binding));
    unmounted.collect()
}

/// A role that a service account has.
struct Binding<'a> {
    pod: Pod,
    role: &'a Spanned<String>,
    via: Via,
}

fn bindings(inventory: &Inventory) -> impl Iterator<Item = Binding<'_>> {
    let associations = inventory.associations.iter().filter_map(|association| {
        Some(Binding {
            pod: association.pod(),
            role: association.role.known()?,
            via: Via::PodIdentity,
        })
    });
    let accounts = inventory.service_accounts.iter().filter_map(|account| {
        Some(Binding {
            pod: account.pod.clone(),
            role: account.irsa.as_ref()?,
            via: Via::Irsa,
        })
    });
    associations.chain(accounts)
}

fn cause(
    simulator: &Simulator<'_>,
    index: &Index<'_>,
    options: &Options<'_>,
    settings: &Settings,
    causes: &Causes,
    binding: &Binding<'_>,
) -> Option<Cause> {
    let inventory = simulator.inventory();
    let role = index.role(&binding.role.value)?;
    let name = Spanned::new(role.arn.to_string(), binding.role.origin);
    let secret = any_secret(inventory, binding)?;
    let object = Object::Secret(&secret);
    let walk = simulator.walk(&Question {
        pod: &binding.pod,
        target: Target::Object(object),
        ask: &Ask::Read,
        via: Some(binding.via),
        given: &[],
        other: options.other,
    });
    let is_assuming = |stage: &&Stage| matches!(stage.name, StageName::Trust | StageName::Chain);
    let stage = first_refusal(&walk).filter(is_assuming)?;
    let mount = MountPoint {
        object: None,
        via: Some(binding.via),
        ..MountPoint::of_object(binding.pod.clone(), object, &name)
    };
    let names = Names {
        pod: inventory.pod_name(&binding.pod),
        object: inventory.role_name(&role.arn),
        access: Access::Role,
    };
    let case = Case {
        inventory,
        index,
        mount: &mount,
        walk: &walk,
        stage,
        names: &names,
        settings,
    };
    let Cause { rule, draft } = causes.find(&case);
    let mut draft = draft.request(case.proof());
    draft.related.retain(|label| label.text != MOUNTED);
    draft
        .related
        .push(Label::new(binding.role.origin, "the role is named here"));
    Some(Cause { rule, draft })
}

/// A secret of the account of the role: the walk needs an object, and the trust policy is decided before the object.
fn any_secret(inventory: &Inventory, binding: &Binding<'_>) -> Option<Secret> {
    let role = Arn::parse(&binding.role.value)?;
    let (partition, account) = (role.partition, role.account);
    let region = inventory.cluster(&binding.pod.cluster)?.region.as_str();
    let arn = format!("arn:{partition}:secretsmanager:{region}:{account}:secret:any-AbCdEf");
    Some(Secret {
        arn: Text::from(arn.as_str()),
        name: "any".into(),
        account: AccountId::parse(account)?,
        region: Region::parse(region)?,
        tags: Tags::unstated(Origin::NOWHERE),
        key: KeyRef::Unknown(Hole::unstated()),
        policy: ResourcePolicy::None(Origin::NOWHERE),
        replicas: Listed::default(),
        deleted: Attribute::Absent,
        origin: Origin::NOWHERE,
    })
}
