//! The place and the change of a fault for which the provider rejects a class.

use crate::finding::Change;
use policy_engine::{
    inventory::{ClassFault, Inventory, SecretProviderClass},
    service::{SECRETS_MANAGER, ServiceProfile},
    source::{Origin, Spanned},
};

/// The place to change, and the change.
pub(crate) fn repair(
    inventory: &Inventory,
    class: &SecretProviderClass,
    fault: &Spanned<ClassFault>,
) -> (Origin, Change) {
    let special = match &fault.value {
        ClassFault::ArnRegion {
            name,
            actual,
            asked,
        } => region(inventory, class, name, actual, asked)
            .or_else(|| failover_region(class, fault, actual)),
        ClassFault::TypeDiffersFromArn { name } => kind_of_arn(class, fault, name),
        ClassFault::ArnService { .. } => {
            let mut names = class.objects.iter().map(|object| &object.name);
            let name = names.find(|name| name.origin == fault.origin);
            name.and_then(misspelt_service)
        }
        ClassFault::TypeInvalid { kind } => near_kind(fault, kind),
        ClassFault::Unreadable { reason } if reason.ends_with("not a list") => {
            let help = "write `objects: |`, so that the list is a string";
            Some((fault.origin, Change::words(help)))
        }
        _ => None,
    };
    special.unwrap_or_else(|| (fault.origin, Change::words(fault.value.help())))
}

/// The ARN is wrong, not the region of the class: the object exists in the region of the class alone.
fn region(
    inventory: &Inventory,
    class: &SecretProviderClass,
    name: &str,
    actual: &str,
    asked: &str,
) -> Option<(Origin, Change)> {
    let right = with_section(name, 3, asked)?;
    let exists = |arn: &str, region: &str| {
        let object = inventory.resolve(arn, &SECRETS_MANAGER, "", region);
        object.is_some()
    };
    if actual.is_empty() || !exists(&right, asked) || exists(name, actual) {
        return None;
    }
    let place = place_of(class, name)?.origin;
    let change = Change::write(format!("objectName: {right}"), place, &[right]);
    Some((place, change))
}

/// The region in which an object is requested after the first region.
fn failover_region(
    class: &SecretProviderClass,
    fault: &Spanned<ClassFault>,
    actual: &str,
) -> Option<(Origin, Change)> {
    let own = class.parameter("failoverRegion")?;
    let is_own = own.origin == fault.origin && !actual.is_empty();
    is_own.then(|| {
        let help = format!("failoverRegion: {actual}");
        (
            own.origin,
            Change::write(help, own.origin, &[actual.to_owned()]),
        )
    })
}

/// An ARN of a service that the provider supports decides the type; another service is a slip in the ARN.
fn kind_of_arn(
    class: &SecretProviderClass,
    fault: &Spanned<ClassFault>,
    name: &str,
) -> Option<(Origin, Change)> {
    let service = name.split(':').nth(2)?;
    match ServiceProfile::of_mounted_arn(service) {
        None => misspelt_service(place_of(class, name)?),
        Some(profile) => {
            let kind = profile.object_type?.to_owned();
            let help = format!("objectType: {kind}");
            Some((fault.origin, Change::write(help, fault.origin, &[kind])))
        }
    }
}

/// The service that the provider supports and that is most similar to the service in an ARN.
fn misspelt_service(arn: &Spanned<String>) -> Option<(Origin, Change)> {
    let service = arn.value.split(':').nth(2)?;
    let services = ServiceProfile::ALL
        .iter()
        .filter(|profile| profile.object_type.is_some())
        .map(|profile| profile.service);
    let near = services.min_by_key(|own| strsim::levenshtein(own, service))?;
    let right = with_section(&arn.value, 2, near)?;
    let help = format!("did you mean `{near}`?");
    Some((arn.origin, Change::write(help, arn.origin, &[right])))
}

/// The type that is most similar to an unknown one.
fn near_kind(fault: &Spanned<ClassFault>, kind: &str) -> Option<(Origin, Change)> {
    let kinds = ServiceProfile::ALL
        .iter()
        .filter_map(|profile| profile.object_type);
    let lower = kind.to_ascii_lowercase();
    let near = kinds.min_by_key(|own| strsim::levenshtein(own, &lower))?;
    let is_near = near.starts_with(&lower) || strsim::levenshtein(near, &lower) <= MOST_LETTERS;
    is_near.then(|| {
        let help = format!("objectType: {near}");
        let change = Change::write(help, fault.origin, &[near.to_owned()]);
        (fault.origin, change)
    })
}

/// The most letters in which a misspelt type differs.
const MOST_LETTERS: usize = 4;

/// The name of an object or of its failover object, with its place.
fn place_of<'c>(class: &'c SecretProviderClass, name: &str) -> Option<&'c Spanned<String>> {
    let names = class.objects.iter().flat_map(|object| {
        let failover = object.failover.as_ref();
        [
            Some(&object.name),
            failover.and_then(|own| own.name.as_ref()),
        ]
    });
    let mut own = names.flatten().filter(|own| own.value == name);
    own.next()
}

/// An ARN with another text in one of its sections.
fn with_section(arn: &str, section: usize, text: &str) -> Option<String> {
    let mut sections: Vec<_> = arn.splitn(6, ':').collect();
    *sections.get_mut(section)? = text;
    Some(sections.join(":"))
}

/// The known parameter that a name resembles.
pub(crate) fn near<'k>(known: &[&'k str], name: &str) -> Option<&'k str> {
    let name = name.to_ascii_lowercase();
    let near = known.iter().map(|known| {
        let distance = strsim::damerau_levenshtein(&known.to_ascii_lowercase(), &name);
        (distance, *known)
    });
    let near = near.filter(|(distance, _)| *distance <= 2).min();
    near.map(|(_, near)| near)
}

/// The unknown parameter of a class that resembles a parameter which the class lacks.
pub(crate) fn misspelt_parameter<'c>(
    inventory: &Inventory,
    class: &'c SecretProviderClass,
    wanted: &str,
) -> Option<&'c Spanned<String>> {
    let known = inventory.dialect(&class.cluster).parameters();
    let mut names = class.parameters.iter().map(|(name, _)| name);
    let lacks = class.parameter(wanted).is_none();
    names.find(|name| {
        let is_unknown = !known.contains(&name.value.as_str());
        lacks && is_unknown && near(&known, &name.value) == Some(wanted)
    })
}

/// Whether a misspelt parameter is the reason of a fault of a class: another rule reports the parameter.
pub(crate) fn is_misspelt(
    inventory: &Inventory,
    class: &SecretProviderClass,
    fault: &ClassFault,
) -> bool {
    *fault == ClassFault::NoObjects && misspelt_parameter(inventory, class, "objects").is_some()
}
