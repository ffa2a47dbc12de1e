//! An overlay over a base, with a component: most of what they name exists, so that most of them can be built.

use super::{
    manifests,
    read::{CANARY, Files},
    yaml,
};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::111122223333:role/r";
/// Names of objects; each is the name of one object.
const NAMES: &[&str] = &["a", "b", "app", "c", "d", "e"];
/// Fields that a list of operations changes.
const POINTERS: &[&str] = &[
    "/metadata/annotations/added",
    "/metadata/annotations/eks.amazonaws.com~1role-arn",
    "/metadata/annotations/example.com~1token",
    "/metadata/labels/note",
    "/metadata/labels",
    "/metadata/name",
    "/metadata/namespace",
    "/spec",
    "/spec/parameters/objects",
    "/spec/parameters/region",
    "/spec/template/spec/serviceAccountName",
    "/spec/template/spec/volumes/0/csi/volumeAttributes/secretProviderClass",
    "/spec/template/spec/volumes/-",
    "/kind",
    "",
    "/spec/~0/~2",
];
/// Fields that replacements and variables read and write.
const PATHS: &[&str] = &[
    "metadata.name",
    "metadata.labels.note",
    "metadata.annotations.[example.com/token]",
    "metadata.annotations.added",
    "metadata.namespace",
    "spec.parameters.region",
    "spec.parameters.objects",
    "spec.template.spec.serviceAccountName",
    "spec.template.spec.volumes.[name=v].csi.volumeAttributes.secretProviderClass",
    "spec.template.spec.volumes.*.name",
    "spec.template.spec.containers.0.image",
    "spec.missing[0]",
    "",
];

/// The objects of a build: version, kind and name.
type Objects = Vec<[String; 3]>;

/// The files of all three folders.
pub fn kustomizations(input: &mut Unstructured<'_>) -> Result<Files> {
    let mut objects = Objects::new();
    let below = [manifests::class, manifests::workload, manifests::object];
    let below = manifest(input, &NAMES[..3], below, &mut objects)?;
    let base = kustomization(input, &["all.yaml"], &objects)?;
    let more = [manifests::class, manifests::object, manifests::object];
    let more = manifest(input, &NAMES[3..], more, &mut objects)?;
    let mut component = kustomization(input, &[], &objects)?;
    component["apiVersion"] = json!("kustomize.config.k8s.io/v1alpha1");
    component["kind"] = json!("Component");
    let mut overlay = kustomization(input, &["../base", "more.yaml"], &objects)?;
    if input.ratio(1, 3)? {
        overlay["components"] = json!(["../component"]);
    }
    for (name, file) in [
        ("patchesStrategicMerge", json!(["patch.yaml"])),
        ("configurations", json!(["fields.yaml"])),
        (
            "patchesJson6902",
            json!([{"target": target(input, &objects)?, "path": "operations.yaml"}]),
        ),
    ] {
        if input.ratio(1, 4)? {
            overlay[name] = file;
        }
    }
    let fields = json!({
        "varReference": [{"path": "metadata/annotations", "kind": "ServiceAccount"}, {"path": "spec/parameters/region"}],
        "nameReference": [{"kind": "SecretProviderClass", "fieldSpecs": [
            {"path": "spec/template/spec/volumes/csi/volumeAttributes/secretProviderClass", "kind": *input.choose(&["Deployment", "Pod"])?}]}],
        "namePrefix": [{"path": "metadata/name", "kind": *input.choose(&["SecretProviderClass", "Deployment"])?}],
    });
    let patch = object_patch(input, &objects)?;
    let operations = operations(input)?;
    Ok(vec![
        ("base/kustomization.yaml", yaml::document(&base)),
        ("base/all.yaml", below),
        ("component/kustomization.yaml", yaml::document(&component)),
        ("overlay/kustomization.yaml", yaml::document(&overlay)),
        ("overlay/more.yaml", more),
        ("overlay/patch.yaml", yaml::document(&patch)),
        ("overlay/operations.yaml", yaml::document(&operations)),
        ("overlay/fields.yaml", yaml::document(&fields)),
    ])
}

/// A way to make an object.
type Make = fn(&mut Unstructured<'_>) -> Result<Value>;

/// A manifest with an object for each name.
fn manifest(
    input: &mut Unstructured<'_>,
    names: &[&str],
    makes: [Make; 3],
    objects: &mut Objects,
) -> Result<String> {
    let mut text = String::new();
    for (name, make) in names.iter().zip(makes) {
        let mut object = make(input)?;
        object["metadata"]["name"] = json!(name);
        let member = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
        objects.push([member("apiVersion"), member("kind"), (*name).to_owned()]);
        text.push_str(&yaml::document(&object));
    }
    Ok(text)
}

fn kustomization(
    input: &mut Unstructured<'_>,
    resources: &[&str],
    objects: &Objects,
) -> Result<Value> {
    let mut made = json!({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources});
    for (name, texts) in [
        ("namespace", &["dev", "qa", ""][..]),
        ("namePrefix", &["x-", ""]),
        ("nameSuffix", &["-y", "-1"]),
    ] {
        if input.ratio(1, 4)? {
            made[name] = json!(*input.choose(texts)?);
        }
    }
    for _ in 0..input.int_in_range(0..=3)? {
        let (name, value) = transformer(input, objects)?;
        made[name] = value;
    }
    Ok(made)
}

/// One field of a kustomization that adds to its objects or changes them.
fn transformer(input: &mut Unstructured<'_>, objects: &Objects) -> Result<(&'static str, Value)> {
    Ok(match input.int_in_range(0..=10)? {
        0..=2 => {
            let count = input.int_in_range(1..=2)?;
            let patches = (0..count).map(|_| patch(input, objects));
            ("patches", patches.collect::<Result<_>>()?)
        }
        3 | 4 => ("replacements", json!([replacement(input, objects)?])),
        5 => {
            let [version, kind, name] = input.choose(objects)?;
            let reference = json!({"kind": kind, "name": name, "apiVersion": version});
            (
                "vars",
                json!([{"name": "NAME", "objref": reference, "fieldref": {"fieldpath": path(input)?}}]),
            )
        }
        6 => (
            "commonAnnotations",
            json!({"eks.amazonaws.com/role-arn": ROLE, "note": CANARY}),
        ),
        7 => (
            "commonLabels",
            json!({"team": *input.choose(&["dev", "$(NAME)"])?, "note": CANARY}),
        ),
        8 => (
            "labels",
            json!([{"pairs": {"note": CANARY}, "includeSelectors": input.arbitrary::<bool>()?, "includeTemplates": input.arbitrary::<bool>()?}]),
        ),
        9 => (
            *input.choose(&["configMapGenerator", "secretGenerator"])?,
            json!([{"name": "made", "literals": [format!("k={CANARY}")]}]),
        ),
        _ => ("replicas", json!([{"name": "app", "count": 2}])),
    })
}

/// A selector: an object, or what may fit several objects or none.
fn target(input: &mut Unstructured<'_>, objects: &Objects) -> Result<Value> {
    let [_, kind, name] = input.choose(objects)?;
    let mut target = json!({"kind": kind, "name": name});
    for (name, texts) in [
        ("kind", &["Deployment|Pod", ".*", "Service"][..]),
        ("name", &["a|b", ".*", "missing", "("]),
        ("namespace", &["dev", "q."]),
        ("group", &["apps", ""]),
        ("version", &["v1", "v1.*"]),
        (
            "labelSelector",
            &["note", "!note", "team in (dev,qa)", "a==b,c!=d", "("],
        ),
        ("annotationSelector", &["example.com/token", "x=y"]),
    ] {
        if input.ratio(1, 12)? {
            target[name] = json!(*input.choose(texts)?);
        }
    }
    Ok(target)
}

/// An entry of `patches`.
fn patch(input: &mut Unstructured<'_>, objects: &Objects) -> Result<Value> {
    let made = match input.int_in_range(0..=2)? {
        0 => operations(input)?,
        _ => object_patch(input, objects)?,
    };
    // JSON is YAML, too.
    let text = if input.arbitrary()? {
        yaml::document(&made)
    } else {
        made.to_string()
    };
    let mut entry = json!({"patch": text});
    if made.is_array() || input.arbitrary()? {
        entry["target"] = target(input, objects)?;
    }
    if input.ratio(1, 8)? {
        entry["options"] =
            json!({"allowNameChange": true, "allowKindChange": input.arbitrary::<bool>()?});
    }
    Ok(entry)
}

/// A patch that has the form of an object.
fn object_patch(input: &mut Unstructured<'_>, objects: &Objects) -> Result<Value> {
    let [version, kind, name] = input.choose(objects)?;
    let class = json!({"secretProviderClass": *input.choose(NAMES)?});
    let volume = match input.int_in_range(0..=3)? {
        0 => json!({"name": "v", "$patch": "delete"}),
        1 => json!({"$patch": "replace"}),
        _ => {
            json!({"name": *input.choose(&["v", "w"])?, "csi": {"driver": "secrets-store.csi.k8s.io", "readOnly": true, "volumeAttributes": class}})
        }
    };
    let pod = json!({
        "serviceAccountName": *input.choose(&[json!("b"), json!(null), json!("$(NAME)")])?,
        "volumes": [volume],
        "containers": [{"name": "c", "env": [{"name": "PASSWORD", "value": CANARY}]}],
    });
    let spec = match kind.as_str() {
        "SecretProviderClass" => {
            json!({"parameters": {"region": *input.choose(&[json!("eu-west-1"), json!(null)])?, "objects": "- objectName: b\n"}})
        }
        "Pod" => pod,
        "CronJob" => json!({"jobTemplate": {"spec": {"template": {"spec": pod}}}}),
        "Deployment" | "DaemonSet" | "StatefulSet" => json!({"template": {"spec": pod}}),
        _ => json!({"added": CANARY}),
    };
    let mut made = json!({"apiVersion": version, "kind": kind, "metadata": {"name": name, "annotations": {
        "eks.amazonaws.com/role-arn": ROLE, "example.com/token": CANARY}}, "spec": spec});
    if input.ratio(1, 2)? {
        made["metadata"]["namespace"] = json!(*input.choose(&["dev", "qa"])?);
    }
    if input.ratio(1, 8)? {
        made["$patch"] = json!(*input.choose(&["delete", "replace", "merge", "x"])?);
    }
    Ok(made)
}

/// A patch that is a list of operations; the first fields exist in each object.
fn operations(input: &mut Unstructured<'_>) -> Result<Value> {
    let count = input.int_in_range(1..=2)?;
    let operations = (0..count).map(|_| {
        let known = input.ratio(3, 4)?;
        let fields = if known { &POINTERS[..5] } else { POINTERS };
        Ok(json!({
            "op": *input.choose(&["add", "add", "add", "replace", "remove", "test", "move", "copy"])?,
            "path": *input.choose(fields)?,
            "from": *input.choose(fields)?,
            "value": *input.choose(&[json!("b"), json!(CANARY), json!({"k": "v"}), json!(["a"]), json!(null)])?,
        }))
    });
    operations.collect()
}

/// A path; the first ones exist in each object.
fn path(input: &mut Unstructured<'_>) -> Result<&'static str> {
    let known = input.ratio(3, 4)?;
    Ok(*input.choose(if known { &PATHS[..3] } else { PATHS })?)
}

fn replacement(input: &mut Unstructured<'_>, objects: &Objects) -> Result<Value> {
    let mut written =
        json!({"select": target(input, objects)?, "fieldPaths": [path(input)?, path(input)?]});
    if input.arbitrary()? {
        written["options"] = json!({"create": input.arbitrary::<bool>()?, "delimiter": *input.choose(&["/", "-", ""])?, "index": input.int_in_range(-1..=2)?});
    }
    if input.ratio(1, 4)? {
        written["reject"] = json!([target(input, objects)?]);
    }
    let [_, kind, name] = input.choose(objects)?;
    let source = json!({"kind": kind, "name": name, "fieldPath": path(input)?});
    Ok(json!({"source": source, "targets": [written]}))
}
