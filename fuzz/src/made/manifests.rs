//! Manifests of one namespace: classes, pods, service accounts, objects of operators, configurations of eksctl.

use super::{
    policy::{statements, tags},
    read::CANARY,
    yaml,
};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

const NAMES: &[&str] = &[
    "a",
    "b",
    "app",
    "dev/db",
    "/dev/url",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf",
];
const ROLE: &str = "arn:aws:iam::111122223333:role/r";

/// Up to five documents.
pub fn manifests(input: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..input.int_in_range(1..=5)? {
        let object = object(input)?;
        let object = if input.ratio(1, 8)? {
            json!({"apiVersion": "v1", "kind": "List", "items": [object]})
        } else {
            object
        };
        text.push_str(&yaml::document(&object));
    }
    Ok(text)
}

/// One object of any kind.
pub fn object(input: &mut Unstructured<'_>) -> Result<Value> {
    match input.int_in_range(0..=9)? {
        0..=2 => class(input),
        3..=5 => workload(input),
        6 => service_account(input),
        7 => operated(input),
        8 => eksctl(input),
        _ => rbac(input),
    }
}

fn metadata(input: &mut Unstructured<'_>) -> Result<Value> {
    Ok(json!({
        "name": *input.choose(&["a", "b", "app"])?,
        "namespace": *input.choose(&["dev", "qa"])?,
        "annotations": {"example.com/token": CANARY},
        "labels": {"note": CANARY},
    }))
}

/// A SecretProviderClass.
pub fn class(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut objects = String::new();
    for _ in 0..input.int_in_range(0..=3)? {
        let name = input.choose(NAMES)?;
        objects.push_str(&format!("- objectName: \"{name}\"\n"));
        for (key, values) in [
            (
                "objectType",
                &["secretsmanager", "ssmparameter", "\"\""][..],
            ),
            ("objectAlias", &["x", "a/b", "../x", "\".\""]),
            (
                "objectVersion",
                &["1", "\"2\"", "6c1d4a52-8f0b-4a37-9d2e-3b7f51c0e894"],
            ),
            ("objectVersionLabel", &["AWSPREVIOUS", "AWSCURRENT"]),
            ("filePermission", &["0644", "\"0400\"", "9"]),
            ("failoverObject", &["{ objectName: b }", "{}"]),
            ("jmesPath", &["[{ path: user, objectAlias: u }]", "[]", "x"]),
        ] {
            if input.ratio(1, 3)? {
                objects.push_str(&format!("  {key}: {}\n", input.choose(values)?));
            }
        }
    }
    let mut parameters = json!({"objects": objects});
    for (key, values) in [
        ("region", &["us-east-1", "eu-west-1", ""][..]),
        ("failoverRegion", &["eu-west-1", "us-east-1"]),
        ("usePodIdentity", &["true", "false", "yes"]),
        ("pathTranslation", &["False", "_", "__"]),
        ("preferredAddressType", &["ipv4", "IPv6"]),
    ] {
        if input.ratio(1, 2)? {
            parameters[key] = json!(*input.choose(values)?);
        }
    }
    let mut spec = json!({"provider": "aws", "parameters": parameters});
    if input.ratio(1, 4)? {
        spec["secretObjects"] = json!([{"secretName": "s", "type": "Opaque", "data": [{"objectName": *input.choose(NAMES)?, "key": "k"}]}]);
    }
    Ok(
        json!({"apiVersion": "secrets-store.csi.x-k8s.io/v1", "kind": "SecretProviderClass", "metadata": metadata(input)?, "spec": spec}),
    )
}

/// A pod, or an object that makes pods.
pub fn workload(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut volumes = Vec::new();
    for _ in 0..input.int_in_range(0..=2)? {
        let class = *input.choose(&["a", "b", "app"])?;
        volumes.push(json!({"name": "v", "csi": {
            "driver": *input.choose(&["secrets-store.csi.k8s.io", "smb.csi.example.com"])?,
            "readOnly": input.arbitrary::<bool>()?,
            "volumeAttributes": {"secretProviderClass": class, "password": CANARY},
        }}));
    }
    let spec = json!({
        "serviceAccountName": *input.choose(&["a", "b", "app"])?,
        "automountServiceAccountToken": input.arbitrary::<bool>()?,
        "initContainers": [{"name": "i", "image": "i", "args": [CANARY]}],
        "containers": [{"name": "c", "image": "i", "command": ["run", CANARY], "env": [{"name": "PASSWORD", "value": CANARY}],
            "volumeMounts": [{"name": "v", "mountPath": "/mnt"}]}],
        "volumes": volumes,
    });
    let metadata = metadata(input)?;
    Ok(match input.int_in_range(0..=3)? {
        0 => json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}),
        1 => json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata,
            "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}}),
        _ => {
            json!({"apiVersion": "apps/v1", "kind": *input.choose(&["Deployment", "DaemonSet", "StatefulSet"])?, "metadata": metadata,
            "spec": {"template": {"metadata": {"annotations": {"note": CANARY}}, "spec": spec}}})
        }
    })
}

fn service_account(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut metadata = metadata(input)?;
    if input.ratio(1, 2)? {
        metadata["annotations"]["eks.amazonaws.com/role-arn"] = json!(ROLE);
    }
    Ok(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}))
}

/// Objects of operators that create AWS resources, and confidential data.
fn operated(input: &mut Unstructured<'_>) -> Result<Value> {
    let metadata = metadata(input)?;
    let document =
        json!({"Version": "2012-10-17", "Statement": statements(input, "identity")?}).to_string();
    let trust =
        json!({"Version": "2012-10-17", "Statement": statements(input, "trust")?}).to_string();
    Ok(match input.int_in_range(0..=5)? {
        0 => {
            json!({"apiVersion": "iam.services.k8s.aws/v1alpha1", "kind": "Role", "metadata": metadata,
            "spec": {"name": "r", "assumeRolePolicyDocument": trust, "inlinePolicies": {"p": document}}})
        }
        1 => {
            json!({"apiVersion": "eks.services.k8s.aws/v1alpha1", "kind": "PodIdentityAssociation", "metadata": metadata,
            "spec": {"clusterName": "prod", "namespace": "dev", "serviceAccount": "app", "roleARN": ROLE}})
        }
        2 => {
            json!({"apiVersion": "iam.aws.upbound.io/v1beta1", "kind": "RolePolicy", "metadata": metadata,
            "spec": {"forProvider": {"role": "r", "policy": document}}})
        }
        3 => {
            json!({"apiVersion": "secretsmanager.services.k8s.aws/v1alpha1", "kind": "Secret", "metadata": metadata,
            "spec": {"name": "dev/db", "secretString": {"name": "db", "key": "password"}, "tags": []}})
        }
        4 => {
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"k": CANARY}})
        }
        _ => {
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": CANARY}, "binaryData": {"b": CANARY}})
        }
    })
}

fn eksctl(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut association =
        json!({"namespace": "dev", "serviceAccountName": "app", "tags": tags(input)?});
    match input.int_in_range(0..=2)? {
        0 => association["roleARN"] = json!(ROLE),
        1 => {
            association["permissionPolicyARNs"] = json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"])
        }
        _ => {
            association["roleName"] = json!("r");
            association["permissionPolicy"] =
                json!({"Version": "2012-10-17", "Statement": statements(input, "identity")?});
        }
    }
    Ok(
        json!({"apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig", "metadata": {"name": "prod", "region": "us-east-1"},
        "iam": {"podIdentityAssociations": [association]}}),
    )
}

fn rbac(input: &mut Unstructured<'_>) -> Result<Value> {
    let metadata = metadata(input)?;
    Ok(if input.arbitrary()? {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": *input.choose(&["Role", "ClusterRole"])?, "metadata": metadata,
            "rules": [{"apiGroups": [*input.choose(&["", "*"])?], "resources": [*input.choose(&["secrets", "*", "pods", "serviceaccounts/token"])?],
                "verbs": [*input.choose(&["get", "*", "create"])?]}]})
    } else {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": *input.choose(&["RoleBinding", "ClusterRoleBinding"])?, "metadata": metadata,
            "roleRef": {"kind": *input.choose(&["Role", "ClusterRole"])?, "name": *input.choose(&["a", "cluster-admin"])?},
            "subjects": [{"kind": "ServiceAccount", "name": "app", "namespace": "dev"}]})
    })
}
