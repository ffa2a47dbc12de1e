//! The checks of entries, one by one and against each other; the first that fails is the answer.

use super::{Descriptor, ObjectType, Objects, Rules};
use crate::{error::MountError, file_name};
use std::collections::{BTreeMap, BTreeSet};

/// Checks every entry in document order: its own rules, then those against earlier entries.
pub(super) fn validate(objects: &mut Objects, rules: &Rules<'_>) -> Result<(), MountError> {
    let mut seen = Seen::default();
    let mut doubts = Vec::new();
    for descriptor in &objects.descriptors {
        own(descriptor, rules)?;
        seen.names(descriptor)?;
        files(descriptor, rules)?;
        doubts.extend(doubt(descriptor, rules));
        doubts.extend(seen.files(descriptor, rules));
    }
    if let (true, Some(first)) = (rules.strict, doubts.first()) {
        return Err(invalid(format!("{first} (refused by --strict-objects)")));
    }
    objects.warnings.append(&mut doubts);
    for descriptor in &objects.descriptors {
        if descriptor.failover.name.is_empty()
            && !(descriptor.failover.version.is_empty() && descriptor.failover.label.is_empty())
        {
            objects.warnings.push(format!(
                "the failoverObject of {} has no objectName; its version and label are used in the failover region",
                descriptor.name
            ));
        }
        let file = descriptor.file_name(rules.translation);
        if file.starts_with("..") {
            objects.warnings.push(format!(
                "file {file} begins with `..` and cannot be synced to a Kubernetes Secret"
            ));
        }
    }
    Ok(())
}

fn invalid(text: impl AsRef<str>) -> MountError {
    MountError::invalid(text)
}

fn own(descriptor: &Descriptor, rules: &Rules<'_>) -> Result<(), MountError> {
    let name = &descriptor.name;
    if name.is_empty() {
        return Err(invalid("Object name must be specified"));
    }
    object_name(name, &descriptor.type_text, rules.region)?;
    let parameter = descriptor.object_type() == ObjectType::SsmParameter;
    let both = |version: &str, label: &str| parameter && !version.is_empty() && !label.is_empty();
    let not_both = || {
        invalid(format!(
            "ssm parameters can not specify both objectVersion and objectVersionLabel: {name}"
        ))
    };
    if both(&descriptor.version, &descriptor.label) {
        return Err(not_both());
    }
    if file_name::climbs(&descriptor.file_name(rules.translation)) {
        return Err(invalid(format!("path can not contain ../: {name}")));
    }
    permission(&descriptor.permission)?;
    for entry in &descriptor.jmes {
        if entry.path.is_empty() {
            return Err(invalid("Path must be specified for JMES object"));
        }
        if entry.alias.is_empty() {
            return Err(invalid("Object alias must be specified for JMES object"));
        }
        permission(&entry.permission)?;
    }
    if descriptor.failover.name.is_empty() {
        return Ok(());
    }
    if descriptor.alias.is_empty() {
        return Err(invalid(format!(
            "object alias must be specified for objects with failover entries: {name}"
        )));
    }
    let Some(region) = rules.failover_region else {
        return Err(invalid(format!(
            "failover object allowed only when failover region is defined: {name}"
        )));
    };
    object_name(&descriptor.failover.name, &descriptor.type_text, region)?;
    if both(&descriptor.failover.version, &descriptor.failover.label) {
        return Err(not_both());
    }
    if descriptor.failover.version != descriptor.version {
        return Err(invalid(format!(
            "object versions must match between primary and failover regions: {name}"
        )));
    }
    Ok(())
}

/// A name against the type and the region of its look-up.
fn object_name(name: &str, type_text: &str, region: &str) -> Result<(), MountError> {
    let known = matches!(type_text, "secretsmanager" | "ssmparameter");
    if !name.starts_with("arn:") {
        return match (type_text.is_empty(), known) {
            (true, _) => Err(invalid(format!(
                "Must use objectType when a full ARN is not specified: {name}"
            ))),
            (false, true) => Ok(()),
            (false, false) => Err(invalid(format!("Invalid objectType: {type_text}"))),
        };
    }
    let sections: Vec<_> = name.splitn(6, ':').collect();
    let [_, _, service, arn_region, _, _] = sections.as_slice() else {
        return Err(invalid(format!(
            "Invalid ARN format in object name: {name}"
        )));
    };
    if *arn_region != region {
        return Err(invalid(format!(
            "ARN region must match region {region}: {name}"
        )));
    }
    let arn_type = match *service {
        "secretsmanager" => Some("secretsmanager"),
        "ssm" | "ssmparameter" => Some("ssmparameter"),
        _ => None,
    };
    if type_text.is_empty() {
        return match arn_type {
            Some(_) => Ok(()),
            None => Err(invalid(format!("Invalid service in ARN: {service}"))),
        };
    }
    if !known {
        return Err(invalid(format!("Invalid objectType: {type_text}")));
    }
    if arn_type != Some(type_text) {
        return Err(invalid(format!("objectType does not match ARN: {name}")));
    }
    Ok(())
}

fn permission(text: &str) -> Result<(), MountError> {
    let octal = text.len() == 4 && text.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    if text.is_empty() || octal {
        return Ok(());
    }
    Err(invalid(format!("Invalid File Permission: {text}")))
}

/// The files of an entry, against the validator that holds in both write modes (DEV-8).
fn files(descriptor: &Descriptor, rules: &Rules<'_>) -> Result<(), MountError> {
    let own = descriptor
        .mount_object
        .then(|| descriptor.base_name())
        .into_iter();
    let entries = descriptor.jmes.iter().map(|entry| entry.alias.as_str());
    for name in own.chain(entries) {
        let file = rules.translation.file_name(name);
        if let Some(problem) = file_name::problem(&file, rules.driver_writes) {
            return Err(invalid(format!(
                "`{file}` cannot be a file name, since {problem}: {}",
                descriptor.name
            )));
        }
    }
    if !descriptor.mount_object && !descriptor.uses_jmes() {
        return Err(invalid(format!(
            "mountObject is false and there is no jmesPath, so nothing would be mounted: {}",
            descriptor.name
        )));
    }
    Ok(())
}

/// Works on paper and fails at the first mount: the primary region's ARN in the failover region (DEF-16).
fn doubt(descriptor: &Descriptor, rules: &Rules<'_>) -> Option<String> {
    let region = rules.failover_region?;
    let arn = descriptor.name.starts_with("arn:") && descriptor.failover.name.is_empty();
    arn.then(|| {
        format!(
            "{} is an ARN of {} and is asked for in {region} as well; add a failoverObject",
            descriptor.name, rules.region
        )
    })
}

#[derive(Default)]
struct Seen<'a> {
    /// Alias and label of the latest entry of each object name.
    latest: BTreeMap<&'a str, (&'a str, &'a str)>,
    aliases: BTreeSet<&'a str>,
    files: BTreeMap<String, String>,
}

impl<'a> Seen<'a> {
    fn names(&mut self, descriptor: &'a Descriptor) -> Result<(), MountError> {
        let (name, alias, label) = (&*descriptor.name, &*descriptor.alias, &*descriptor.label);
        if self.latest.insert(name, (alias, label)) == Some((alias, label)) {
            let alias = match alias {
                "" => "no object alias".to_owned(),
                alias => format!("duplicate object alias {alias}"),
            };
            let label = match label {
                "" => "no version label".to_owned(),
                label => format!("duplicate version label {label}"),
            };
            return Err(invalid(format!(
                "found descriptor with duplicate object name {name}, {alias}, and {label}"
            )));
        }
        if !alias.is_empty() && !self.aliases.insert(alias) {
            return Err(invalid(format!("found duplicate object alias {alias}")));
        }
        for entry in &descriptor.jmes {
            if !self.aliases.insert(&entry.alias) {
                return Err(invalid(format!(
                    "Name already in use for objectAlias: found duplicate object alias {} in JMES path entry {}",
                    entry.alias, entry.path
                )));
            }
        }
        Ok(())
    }

    /// Two outputs with one final file name (DEV-6).
    fn files(&mut self, descriptor: &Descriptor, rules: &Rules<'_>) -> Vec<String> {
        let mut clashes = Vec::new();
        let own = descriptor
            .mount_object
            .then(|| (descriptor.base_name(), descriptor.name.clone()));
        let entries = descriptor.jmes.iter().map(|entry| {
            let what = format!("{} at {}", descriptor.name, entry.path);
            (entry.alias.as_str(), what)
        });
        for (name, what) in own.into_iter().chain(entries) {
            let file = rules.translation.file_name(name);
            if let Some(earlier) = self.files.insert(file.clone(), what.clone()) {
                clashes.push(format!(
                    "{earlier} and {what} both become the file {file}; the last one wins"
                ));
            }
        }
        clashes
    }
}
