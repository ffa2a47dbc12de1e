//! The fields of a kustomization and their shapes.

use super::failure::Failure;
use policy_engine::syntax::node::{Node, Value};

/// Fields of a kustomization that are texts: kubernetes-sigs/kustomize, "The Kustomization File".
const TEXTS: [&str; 5] = [
    "apiVersion",
    "kind",
    "namePrefix",
    "nameSuffix",
    "namespace",
];
/// Fields that are maps.
const MAPS: [&str; 7] = [
    "metadata",
    "commonAnnotations",
    "commonLabels",
    "generatorOptions",
    "helmGlobals",
    "openapi",
    "sortOptions",
];
/// Fields that are lists.
const LISTS: [&str; 22] = [
    "bases",
    "buildMetadata",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "imageTags",
    "images",
    "labels",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "resources",
    "secretGenerator",
    "transformers",
    "validators",
    "vars",
];

/// Whether all fields are those of a kustomization.
pub(super) fn check(file: &Node) -> Result<(), Failure> {
    let Some(members) = file.as_map() else {
        return Err(Failure::at(file.origin, "a kustomization is a map"));
    };
    for (key, value) in members {
        let Some(name) = key.as_str() else {
            return Err(Failure::at(
                key.origin,
                "a field of a kustomization has a name",
            ));
        };
        let is_text = TEXTS.contains(&name);
        let (is_map, is_list) = (MAPS.contains(&name), LISTS.contains(&name));
        if !is_text && !is_map && !is_list {
            let message = format!("a kustomization has no field `{name}`");
            return Err(Failure::at(key.origin, message));
        }
        let fits = match &value.value {
            Value::Null => true,
            Value::List(_) => is_list,
            Value::Map(_) => is_map,
            Value::Bool(_) | Value::Number(_) | Value::String(_) => is_text,
        };
        if !fits {
            let message = format!("`{name}` of a kustomization is not {}", value.kind());
            return Err(Failure::at(value.origin, message));
        }
    }
    Ok(())
}

/// Whether a field states something.
pub(super) fn is_set(file: &Node, name: &str) -> bool {
    let value = file.get(name).filter(|value| !value.is_null());
    value.is_some_and(|value| value.as_list().is_none_or(|items| !items.is_empty()))
}

/// The name of a file or folder.
pub(super) fn text_in(entry: &Node) -> Result<&str, Failure> {
    let name = entry.as_str();
    name.ok_or_else(|| Failure::at(entry.origin, "this is the name of a file or a folder"))
}

/// A member that is a text with at least one character.
pub(super) fn text_of<'n>(file: &'n Node, name: &str) -> Option<&'n Node> {
    let value = file.get(name)?;
    let text = value.scalar_text()?;
    (text.known() != Some("")).then_some(value)
}
