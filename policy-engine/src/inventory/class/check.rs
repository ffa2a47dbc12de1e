//! Finds the faults for which a provider refuses a class: the provider's own checks, in its own order.
//!
//! The order is that of `provider/secret_descriptor.go` of the AWS provider, so that the first fault is the fault in a pod's events.

use super::{
    declared::SecretProviderClass,
    descriptor::{Descriptor, FailoverObject, text, truth},
    dialect::Dialect,
    fault::{ClassDoubt, ClassFault},
    file_name::{self, FileNameFault},
};
use crate::{
    service::ServiceProfile,
    source::{Origin, Spanned},
    syntax::jmespath,
};
use std::collections::{HashMap, HashSet};

/// The provider that mounts a class, and its settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mounting<'a> {
    /// The provider.
    pub dialect: Dialect,
    /// The region in which the provider reads, if the class names none.
    pub region: &'a str,
    /// Whether the driver is known to write the files.
    pub driver_writes: bool,
}

impl SecretProviderClass {
    /// All faults for which the provider refuses a mount, in the provider's order.
    pub fn faults(&self, mounting: &Mounting<'_>) -> Vec<Spanned<ClassFault>> {
        let region = self
            .parameter("region")
            .filter(|parameter| !parameter.value.is_empty());
        let mut check = Check {
            class: self,
            mounting,
            region: region.map_or(mounting.region, |region| region.value.as_str()),
            region_origin: region.map(|region| region.origin),
            latest: HashMap::new(),
            aliases: HashSet::new(),
            faults: Vec::new(),
        };
        check.parameters();
        check.readable();
        for object in self.objects_of(mounting.dialect) {
            check.object(object);
            check.duplicates(object);
            check.files(object);
        }
        check.faults
    }

    /// Mistakes that work by accident; our provider refuses them under `--strict-objects`.
    pub fn doubts(&self, mounting: &Mounting<'_>) -> Vec<Spanned<ClassDoubt>> {
        let region = self
            .parameter("region")
            .map_or("", |parameter| parameter.value.as_str());
        let region = if region.is_empty() {
            mounting.region
        } else {
            region
        };
        let failover = self
            .parameter("failoverRegion")
            .map_or("", |parameter| parameter.value.as_str());
        let mut doubts = Vec::new();
        let mut files: HashMap<String, String> = HashMap::new();
        for object in self.objects_of(mounting.dialect) {
            let name = &object.name;
            let own = object
                .failover
                .as_ref()
                .map_or("", |own| text(own.name.as_ref()));
            if !failover.is_empty() && name.value.starts_with("arn:") && own.is_empty() {
                let doubt = ClassDoubt::ArnInFailoverRegion {
                    name: name.value.clone(),
                    region: region.to_owned(),
                    failover: failover.to_owned(),
                };
                doubts.push(Spanned::new(doubt, name.origin));
            }
            for (base, path) in object.outputs(mounting.dialect) {
                let file = self.file_name(&base.value);
                let last = match path {
                    Some(path) => format!("{} at {path}", name.value),
                    None => name.value.clone(),
                };
                if let Some(first) = files.insert(file.clone(), last.clone()) {
                    let doubt = ClassDoubt::FileClash { file, first, last };
                    doubts.push(Spanned::new(doubt, base.origin));
                }
            }
        }
        doubts
    }
}

struct Check<'a> {
    class: &'a SecretProviderClass,
    mounting: &'a Mounting<'a>,
    region: &'a str,
    region_origin: Option<Origin>,
    /// Alias and label of the latest object, by name.
    latest: HashMap<&'a str, (&'a str, &'a str)>,
    aliases: HashSet<&'a str>,
    faults: Vec<Spanned<ClassFault>>,
}

impl<'a> Check<'a> {
    fn add(&mut self, fault: ClassFault, origin: Origin) {
        self.faults.push(Spanned::new(fault, origin));
    }

    fn parameters(&mut self) {
        let class = self.class;
        for parameter in &class.unquoted {
            let name = parameter.value.clone();
            let value = class
                .parameter(&name)
                .map_or("", |value| &*value.value)
                .to_owned();
            self.add(
                ClassFault::ParameterNotAString { name, value },
                parameter.origin,
            );
        }
        if let Some(failover) = class
            .parameter("failoverRegion")
            .filter(|failover| failover.value == self.region)
        {
            let region = failover.value.clone();
            self.add(ClassFault::FailoverIsPrimary { region }, failover.origin);
        }
        if class.uses_pod_identity().is_none()
            && let Some(value) = class.parameter("usePodIdentity")
        {
            let fault = ClassFault::UsePodIdentity {
                value: value.value.clone(),
            };
            self.add(fault, value.origin);
        }
        if class.translation().is_none()
            && let Some(value) = class.parameter("pathTranslation")
        {
            self.add(ClassFault::PathTranslation, value.origin);
        }
    }

    /// Faults that prevent the provider from reading `objects` at all.
    fn readable(&mut self) {
        let class = self.class;
        if class.objects.is_empty() && class.unreadable.is_none() {
            self.add(ClassFault::NoObjects, class.name.origin);
        }
        if let Some(reason) = &class.unreadable {
            let fault = ClassFault::Unreadable {
                reason: reason.value.clone(),
            };
            self.add(fault, reason.origin);
        }
        if !self.mounting.dialect.has_extensions() {
            return;
        }
        for object in &class.objects {
            let own = [
                ("mountObject", &object.mount_object),
                ("jmesPathAll", &object.jmes_all),
            ];
            let entries = object.jmes.iter();
            let entries = entries.map(|entry| ("allowNonString", &entry.allow_non_string));
            for (key, value) in own.into_iter().chain(entries) {
                if let Some(value) = value
                    && !value.value.is_empty()
                    && truth(&value.value).is_none()
                {
                    self.add(ClassFault::TruthValue { key }, value.origin);
                }
            }
        }
    }

    fn object(&mut self, object: &'a Descriptor) {
        let name = &object.name.value;
        if name.is_empty() {
            self.add(ClassFault::NameMissing, object.origin);
            return;
        }
        self.name(&object.name, object, self.region, self.region_origin);
        self.version_and_label(object, object.version.as_ref(), object.label.as_ref());
        let base = object.base_name();
        if file_name::climbs(&self.class.file_name(&base.value)) {
            self.add(ClassFault::PathClimbs { name: name.clone() }, base.origin);
        }
        self.permission(object.permission.as_ref(), &object.unquoted);
        for entry in &object.jmes {
            if text(entry.path.as_ref()).is_empty() {
                self.add(ClassFault::JmesPathMissing, entry.origin);
            } else if text(entry.alias.as_ref()).is_empty() {
                self.add(ClassFault::JmesAliasMissing, entry.origin);
            }
            if let Some(path) = &entry.path
                && !path.value.is_empty()
                && jmespath::is_invalid(&path.value)
            {
                let fault = ClassFault::JmesPathInvalid {
                    path: path.value.clone(),
                };
                self.add(fault, path.origin);
            }
            self.permission(entry.permission.as_ref(), &entry.unquoted);
        }
        if let Some(failover) = &object.failover {
            self.failover(object, failover);
        }
    }

    fn version_and_label(
        &mut self,
        object: &Descriptor,
        version: Option<&Spanned<String>>,
        label: Option<&Spanned<String>>,
    ) {
        if object.is_parameter()
            && !text(version).is_empty()
            && let Some(label) = label.filter(|label| !label.value.is_empty())
        {
            let name = object.name.value.clone();
            self.add(ClassFault::VersionAndLabel { name }, label.origin);
        }
    }

    fn permission(&mut self, permission: Option<&Spanned<String>>, unquoted: &[Spanned<String>]) {
        let Some(permission) = permission.filter(|permission| !permission.value.is_empty()) else {
            return;
        };
        let mode = permission.value.clone();
        // YAML 1.1, "Integer Language-Independent Type": digits that begin with 0 are octal, and the AWS provider gets the decimal ones.
        let is_number = self.mounting.dialect.retypes_scalars()
            && mode.starts_with('0')
            && unquoted.iter().any(|name| name.value == "filePermission");
        if is_number && let Ok(read) = u64::from_str_radix(&mode, 8) {
            self.add(
                ClassFault::PermissionRetyped { mode, read },
                permission.origin,
            );
            return;
        }
        let digits = mode.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
        if mode.len() != 4 || !digits {
            self.add(ClassFault::Permission { mode }, permission.origin);
        }
    }

    fn failover(&mut self, object: &'a Descriptor, failover: &'a FailoverObject) {
        let Some(name) = failover.name.as_ref().filter(|name| !name.value.is_empty()) else {
            return;
        };
        let primary = || object.name.value.clone();
        if text(object.alias.as_ref()).is_empty() {
            let fault = ClassFault::FailoverWithoutAlias { name: primary() };
            self.add(fault, object.origin);
        }
        let Some(region) = self
            .class
            .parameter("failoverRegion")
            .filter(|region| !region.value.is_empty())
        else {
            let fault = ClassFault::FailoverWithoutRegion { name: primary() };
            self.add(fault, name.origin);
            return;
        };
        self.name(name, object, &region.value, Some(region.origin));
        self.version_and_label(object, failover.version.as_ref(), failover.label.as_ref());
        if text(failover.version.as_ref()) != text(object.version.as_ref()) {
            let version = failover.version.as_ref();
            let origin = version.map_or(name.origin, |version| version.origin);
            self.add(ClassFault::FailoverVersion { name: primary() }, origin);
        }
    }

    /// Checks a name against the type, and against the region of the request.
    fn name(
        &mut self,
        name: &Spanned<String>,
        object: &Descriptor,
        region: &str,
        region_origin: Option<Origin>,
    ) {
        let kind = text(object.kind.as_ref());
        let kind_origin = object.kind.as_ref().map_or(name.origin, |kind| kind.origin);
        let text = &name.value;
        let is_kind = ServiceProfile::of_object_type(kind).is_some();
        let invalid = || ClassFault::TypeInvalid {
            kind: kind.to_owned(),
        };
        if !text.starts_with("arn:") {
            if kind.is_empty() {
                self.add(ClassFault::TypeMissing { name: text.clone() }, name.origin);
            } else if !is_kind {
                self.add(invalid(), kind_origin);
            }
            return;
        }
        let sections: Vec<_> = text.splitn(6, ':').collect();
        let [_, _, service, actual, _, _] = sections.as_slice() else {
            self.add(ClassFault::ArnMalformed { name: text.clone() }, name.origin);
            return;
        };
        let arn_kind =
            ServiceProfile::of_mounted_arn(service).and_then(|profile| profile.object_type);
        // Without `region` the provider uses the region of the node; if that is unknown, no ARN contradicts it.
        let is_unknown = region.is_empty() && !actual.is_empty();
        if *actual != region && !is_unknown {
            let fault = ClassFault::ArnRegion {
                name: text.clone(),
                actual: (*actual).to_owned(),
                asked: region.to_owned(),
            };
            self.add(fault, region_origin.unwrap_or(name.origin));
        } else if kind.is_empty() {
            if arn_kind.is_none() {
                let service = (*service).to_owned();
                self.add(ClassFault::ArnService { service }, name.origin);
            }
        } else if !is_kind {
            self.add(invalid(), kind_origin);
        } else if arn_kind != Some(kind) {
            let name = text.clone();
            self.add(ClassFault::TypeDiffersFromArn { name }, kind_origin);
        }
    }

    /// Checks an object against those before it.
    fn duplicates(&mut self, object: &'a Descriptor) {
        let (alias, label) = (text(object.alias.as_ref()), text(object.label.as_ref()));
        let name = &object.name.value;
        if self.latest.insert(name, (alias, label)) == Some((alias, label)) {
            let fault = ClassFault::Duplicate {
                name: name.clone(),
                alias: alias.to_owned(),
                label: label.to_owned(),
            };
            self.add(fault, object.name.origin);
            return;
        }
        if let Some(own) = object.alias.as_ref().filter(|own| !own.value.is_empty())
            && !self.aliases.insert(alias)
        {
            let alias = alias.to_owned();
            self.add(ClassFault::DuplicateAlias { alias }, own.origin);
        }
        for entry in &object.jmes {
            let Some(own) = &entry.alias else { continue };
            if !self.aliases.insert(&own.value) {
                let fault = ClassFault::DuplicateJmesAlias {
                    alias: own.value.clone(),
                    path: text(entry.path.as_ref()).to_owned(),
                };
                self.add(fault, own.origin);
            }
        }
    }

    /// Checks the files of an object: names that no file can have, and that there is at least one file.
    fn files(&mut self, object: &Descriptor) {
        if object.name.value.is_empty() {
            return;
        }
        let dialect = self.mounting.dialect;
        let name = &object.name.value;
        for (base, path) in object.outputs(dialect) {
            let file = self.class.file_name(&base.value);
            // The names that a check above refuses: an alias that is missing, an object's file outside the mount.
            if base.value.is_empty() || (path.is_none() && file_name::climbs(&file)) {
                continue;
            }
            let reserved = dialect.reserved_prefixes();
            if let Some(fault) = FileNameFault::find(&file, reserved, self.mounting.driver_writes) {
                let name = name.clone();
                self.add(ClassFault::FileName { file, fault, name }, base.origin);
            }
        }
        if !object.mounts_whole(dialect)
            && object.jmes.is_empty()
            && !object.takes_all_members(dialect)
        {
            let origin = object
                .mount_object
                .as_ref()
                .map_or(object.origin, |member| member.origin);
            self.add(ClassFault::NothingMounted { name: name.clone() }, origin);
        }
    }
}
