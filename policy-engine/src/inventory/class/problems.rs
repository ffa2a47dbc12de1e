//! Why the provider refuses a class: its own checks, in its own order and words.

use super::{Descriptor, FailoverObject, SecretProviderClass};
use crate::source::{Origin, Spanned};

/// Why the provider refuses a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassProblem {
    /// The provider's own text.
    pub message: String,
    /// What to change.
    pub help: String,
    /// Where.
    pub origin: Origin,
    /// Which rule of the catalogue it is.
    pub code: &'static str,
}

impl SecretProviderClass {
    /// Everything for which the provider refuses the mount, in its own order.
    pub fn problems(&self, default_region: &str) -> Vec<ClassProblem> {
        let mut check = Check {
            class: self,
            problems: Vec::new(),
        };
        check.parameters(default_region);
        if self.objects.is_empty() && self.unreadable.is_none() {
            let message = "the class names no object, and the driver refuses a mount without one";
            check.add("SPC103", message, "add `objects`", self.name.origin);
        }
        if let Some(reason) = &self.unreadable {
            let message = format!("Failed to load SecretProviderClass: {}", reason.value);
            check.add(
                "SPC103",
                message,
                "write `objects` as a YAML list of mappings",
                reason.origin,
            );
        }
        let region = self
            .parameter("region")
            .filter(|region| !region.value.is_empty());
        let region_text = region.map_or(default_region, |region| region.value.as_str());
        let mut aliases: Vec<&str> = Vec::new();
        for (at, object) in self.objects.iter().enumerate() {
            check.descriptor(object, region_text, region.map(|region| region.origin));
            check.duplicates(
                object,
                self.objects.get(..at).unwrap_or_default(),
                &mut aliases,
            );
        }
        check.problems
    }
}

struct Check<'a> {
    class: &'a SecretProviderClass,
    problems: Vec<ClassProblem>,
}

impl<'a> Check<'a> {
    fn add(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
        origin: Origin,
    ) {
        self.problems.push(ClassProblem {
            message: message.into(),
            help: help.into(),
            origin,
            code,
        });
    }

    fn parameters(&mut self, default_region: &str) {
        for name in &self.class.unquoted {
            let value = self
                .class
                .parameter(&name.value)
                .map_or("", |value| value.value.as_str());
            let message = format!(
                "parameter `{}` is not a string, and the API server refuses the class",
                name.value
            );
            self.add(
                "SPC102",
                message,
                format!("{}: \"{value}\"", name.value),
                name.origin,
            );
        }
        if self.class.uses_pod_identity().is_none()
            && let Some(value) = self.class.parameter("usePodIdentity")
        {
            let message = format!(
                "`usePodIdentity` is `{}`, which is no truth value",
                value.value
            );
            self.add("SPC116", message, "usePodIdentity: \"true\"", value.origin);
        }
        if let Some(translation) = self.class.parameter("pathTranslation") {
            let off = translation.value.eq_ignore_ascii_case("false");
            if !off && translation.value.len() != 1 && !translation.value.is_empty() {
                let message = "pathTranslation must be either 'False' or a single character string";
                self.add(
                    "SPC112",
                    message,
                    "pathTranslation: \"_\"",
                    translation.origin,
                );
            }
        }
        let region = self
            .class
            .parameter("region")
            .map_or(default_region, |region| region.value.as_str());
        if let Some(failover) = self
            .class
            .parameter("failoverRegion")
            .filter(|failover| failover.value == region)
        {
            let message = format!("failover region `{}` is the primary region", failover.value);
            self.add(
                "SPC107",
                message,
                "name another region, or remove it",
                failover.origin,
            );
        }
    }

    /// The order of provider.md 6.3.
    fn descriptor(&mut self, object: &'a Descriptor, region: &str, region_origin: Option<Origin>) {
        if object.name.value.is_empty() {
            self.add(
                "SPC104",
                "Object name must be specified",
                "add `objectName`",
                object.origin,
            );
            return;
        }
        self.name(&object.name, object.kind.as_ref(), region, region_origin);
        let parameter = object.is_parameter();
        if let (true, Some(_), Some(label)) = (parameter, &object.version, &object.label) {
            let name = &object.name.value;
            let message = format!(
                "ssm parameters can not specify both objectVersion and objectVersionLabel: {name}"
            );
            self.add("SPC108", message, "keep one of them", label.origin);
        }
        self.file_name(object);
        self.permission(object.permission.as_ref(), &object.unquoted);
        for entry in &object.jmes {
            if entry.path.as_ref().is_none_or(|path| path.value.is_empty()) {
                self.add(
                    "SPC111",
                    "Path must be specified for JMES object",
                    "add `path`",
                    entry.origin,
                );
            } else if entry
                .alias
                .as_ref()
                .is_none_or(|alias| alias.value.is_empty())
            {
                let message = "Object alias must be specified for JMES object";
                self.add("SPC111", message, "add `objectAlias`", entry.origin);
            }
            self.permission(entry.permission.as_ref(), &entry.unquoted);
        }
        if let Some(failover) = &object.failover {
            self.failover(object, failover);
        }
    }

    fn file_name(&mut self, object: &Descriptor) {
        let raw = object.alias.as_ref().unwrap_or(&object.name);
        let name = self.class.file_name(&raw.value);
        if name.contains("/../") || name.starts_with("../") || name.ends_with("/..") {
            let message = format!("path can not contain ../: {}", object.name.value);
            self.add(
                "SPC112",
                message,
                "give the object an `objectAlias` without `..`",
                raw.origin,
            );
        }
    }

    fn permission(&mut self, permission: Option<&Spanned<String>>, unquoted: &[Spanned<String>]) {
        let Some(permission) = permission.filter(|permission| !permission.value.is_empty()) else {
            return;
        };
        // YAML 1.1 takes it for an octal number, and the provider gets its decimal digits.
        let is_octal_number = permission.value.starts_with('0')
            && unquoted.iter().any(|name| name.value == "filePermission");
        if let Some(number) = u64::from_str_radix(&permission.value, 8)
            .ok()
            .filter(|_| is_octal_number)
        {
            self.add(
                "SPC113",
                format!("Invalid File Permission: {number}"),
                format!("quote it: \"{}\"", permission.value),
                permission.origin,
            );
            return;
        }
        let octal = permission.value.len() == 4
            && permission
                .value
                .bytes()
                .all(|digit| (b'0'..=b'7').contains(&digit));
        if !octal {
            let message = format!("Invalid File Permission: {}", permission.value);
            self.add(
                "SPC113",
                message,
                "write four octal digits, for instance \"0400\"",
                permission.origin,
            );
        }
    }

    fn failover(&mut self, object: &Descriptor, failover: &'a FailoverObject) {
        let Some(name) = failover.name.as_ref().filter(|name| !name.value.is_empty()) else {
            return;
        };
        let primary = &object.name.value;
        if object
            .alias
            .as_ref()
            .is_none_or(|alias| alias.value.is_empty())
        {
            let message = format!(
                "object alias must be specified for objects with failover entries: {primary}"
            );
            self.add("SPC107", message, "add `objectAlias`", object.origin);
        }
        let Some(region) = self
            .class
            .parameter("failoverRegion")
            .filter(|region| !region.value.is_empty())
        else {
            let message =
                format!("failover object allowed only when failover region is defined: {primary}");
            self.add(
                "SPC107",
                message,
                "add `failoverRegion` to the parameters",
                name.origin,
            );
            return;
        };
        self.name(
            name,
            object.kind.as_ref(),
            &region.value,
            Some(region.origin),
        );
        if let (true, Some(_), Some(label)) =
            (object.is_parameter(), &failover.version, &failover.label)
        {
            let message = format!(
                "ssm parameters can not specify both objectVersion and objectVersionLabel: {primary}"
            );
            self.add("SPC108", message, "keep one of them", label.origin);
        }
        let version = |version: &'a Option<Spanned<String>>| {
            version
                .as_ref()
                .map_or("", |version| version.value.as_str())
        };
        let own = object.version.as_ref().map_or("", |version| &version.value);
        if version(&failover.version) != own {
            let message = format!(
                "object versions must match between primary and failover regions: {primary}"
            );
            let origin = failover
                .version
                .as_ref()
                .map_or(name.origin, |version| version.origin);
            self.add("SPC107", message, "use the same version in both", origin);
        }
    }

    /// The order of provider.md 6.4.
    fn name(
        &mut self,
        name: &Spanned<String>,
        kind: Option<&Spanned<String>>,
        region: &str,
        region_origin: Option<Origin>,
    ) {
        let text = &name.value;
        let kind_text = kind.map_or("", |kind| kind.value.as_str());
        let kind_origin = kind.map_or(name.origin, |kind| kind.origin);
        let types = "objectType: secretsmanager or ssmparameter";
        let Some(rest) = text.strip_prefix("arn:") else {
            if kind_text.is_empty() {
                let message =
                    format!("Must use objectType when a full ARN is not specified: {text}");
                self.add("SPC104", message, types, name.origin);
            } else if !matches!(kind_text, "secretsmanager" | "ssmparameter") {
                self.add(
                    "SPC105",
                    format!("Invalid objectType: {kind_text}"),
                    types,
                    kind_origin,
                );
            }
            return;
        };
        let segments: Vec<_> = rest.split(':').collect();
        let [_, service, found, _, ..] = segments.as_slice() else {
            let message = format!("Invalid ARN format in object name: {text}");
            self.add("SPC104", message, "copy the whole ARN", name.origin);
            return;
        };
        if segments.len() < 5 {
            let message = format!("Invalid ARN format in object name: {text}");
            self.add("SPC104", message, "copy the whole ARN", name.origin);
        } else if *found != region {
            let message = format!("ARN region must match region {region}: {text}");
            let help = if found.is_empty() {
                "name a secret or a parameter: this ARN has no region".to_owned()
            } else {
                format!("region: {found}")
            };
            self.add(
                "SPC106",
                message,
                help,
                region_origin.unwrap_or(name.origin),
            );
        } else if kind_text.is_empty()
            && !matches!(*service, "secretsmanager" | "ssm" | "ssmparameter")
        {
            self.add(
                "SPC105",
                format!("Invalid service in ARN: {service}"),
                types,
                name.origin,
            );
        } else if !matches!(kind_text, "" | "secretsmanager" | "ssmparameter") {
            self.add(
                "SPC105",
                format!("Invalid objectType: {kind_text}"),
                types,
                kind_origin,
            );
        } else if !kind_text.is_empty()
            && (kind_text == "secretsmanager") != (*service == "secretsmanager")
        {
            self.add(
                "SPC105",
                format!("objectType does not match ARN: {text}"),
                types,
                kind_origin,
            );
        }
    }

    /// Provider.md 6.5.
    fn duplicates(
        &mut self,
        object: &'a Descriptor,
        before: &[Descriptor],
        aliases: &mut Vec<&'a str>,
    ) {
        fn text(value: Option<&Spanned<String>>) -> &str {
            value.map_or("", |value| value.value.as_str())
        }
        let (alias, label) = (text(object.alias.as_ref()), text(object.label.as_ref()));
        let last = before
            .iter()
            .rev()
            .find(|other| other.name.value == object.name.value);
        let repeated = last.is_some_and(|other| {
            let same_alias = text(other.alias.as_ref()) == alias;
            same_alias && text(other.label.as_ref()) == label
        });
        if repeated {
            let name = &object.name.value;
            let alias = if alias.is_empty() {
                "no object alias".into()
            } else {
                format!("duplicate object alias {alias}")
            };
            let label = if label.is_empty() {
                "no version label".into()
            } else {
                format!("duplicate version label {label}")
            };
            let message =
                format!("found descriptor with duplicate object name {name}, {alias}, and {label}");
            self.add(
                "SPC109",
                message,
                "give one of them another `objectAlias`",
                object.name.origin,
            );
            return;
        }
        if !alias.is_empty() && aliases.contains(&alias) {
            let origin = object
                .alias
                .as_ref()
                .map_or(object.origin, |alias| alias.origin);
            self.add(
                "SPC110",
                format!("found duplicate object alias {alias}"),
                "choose another name",
                origin,
            );
        }
        if let Some(own) = &object.alias {
            aliases.push(&own.value);
        }
        for entry in &object.jmes {
            let Some(name) = &entry.alias else { continue };
            if aliases.contains(&name.value.as_str()) {
                let message = format!(
                    "Name already in use for objectAlias: found duplicate object alias {} in JMES path entry {}",
                    name.value,
                    text(entry.path.as_ref())
                );
                self.add("SPC110", message, "choose another name", name.origin);
            }
            aliases.push(&name.value);
        }
    }
}
