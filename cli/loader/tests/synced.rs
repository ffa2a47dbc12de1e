//! Kubernetes Secrets of a class that no pod mounts: each kind of reference is noted, and nothing is noted where the Secret may exist.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use loader::{Options, load};
use policy_engine::sighting::SightingKind;
use std::fs;

const CLASS: &str = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: db, namespace: shop }
spec:
  provider: aws
  parameters:
    region: us-east-1
    usePodIdentity: \"true\"
    objects: |
      - { objectName: shop/db, objectType: secretsmanager, objectAlias: db }
  secretObjects:
    - { secretName: synced, type: Opaque, data: [{ objectName: db, key: password }] }
";

/// A pod; `volumes` and `more` are members of its template.
fn pod(namespace: &str, container: &str, more: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{ name: app, namespace: {namespace} }}
spec:
  template:
    spec:
      containers: [{{ name: app, image: app, {container} }}]
      {more}
"
    )
}

fn reader() -> String {
    pod("shop", "envFrom: [{ secretRef: { name: synced } }]", "")
}

/// A pod that mounts the class.
fn mounting(kind: &str, container: &str) -> String {
    let volume = "{ name: v, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: db } } }";
    format!(
        "apiVersion: apps/v1
kind: {kind}
metadata: {{ name: mounting, namespace: shop }}
spec:
  template:
    spec:
      serviceAccountName: app
      containers: [{{ name: app, image: app, volumeMounts: [{{ name: v, mountPath: /v }}], {container} }}]
      volumes: [{volume}]
"
    )
}

/// What is noted of the class with further documents: the object, with the key if it is the key that is missing.
fn noted(documents: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let text = [&[CLASS], documents].concat().join("---\n");
    fs::write(folder.path().join("app.yaml"), text).unwrap();
    let loaded = load(&Options {
        paths: vec![folder.path().to_owned()],
        ..Options::default()
    });
    let sightings = loaded.unwrap().sightings.into_iter();
    let noted = sightings.filter_map(|sighting| match sighting.kind {
        SightingKind::UnmountedSecret { .. } => Some(sighting.object),
        SightingKind::UnmadeKey { .. } => Some(format!("{} {}", sighting.object, sighting.what)),
        _ => None,
    });
    noted.collect()
}

#[test]
fn each_kind_of_reference_counts() {
    let app = "Deployment shop/app";
    let container = |text: &str| pod("shop", text, "");
    let template = |text: &str| pod("shop", "", text);
    let documents = [
        (container("env: [{ name: A, valueFrom: { secretKeyRef: { name: synced, key: password } } }]"), app),
        (reader(), app),
        (template("volumes: [{ name: s, secret: { secretName: synced } }]"), app),
        (template("volumes: [{ name: s, projected: { sources: [{ secret: { name: synced } }] } }]"), app),
        (template("imagePullSecrets: [{ name: synced }]"), app),
        (template("initContainers: [{ name: i, image: i, envFrom: [{ secretRef: { name: synced } }] }]"), app),
        ("apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: shop }\nspec: { containers: [{ name: a, image: a, envFrom: [{ secretRef: { name: synced } }] }] }\n".to_owned(), "Pod shop/p"),
        ("apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: j, namespace: shop }\nspec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: a, envFrom: [{ secretRef: { name: synced } }] }] } } } } }\n".to_owned(), "CronJob shop/j"),
        ("apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: sa, namespace: shop }\nimagePullSecrets: [{ name: synced }]\n".to_owned(), "ServiceAccount shop/sa"),
        ("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web, namespace: shop }\nspec: { tls: [{ hosts: [a.example], secretName: synced }] }\n".to_owned(), "Ingress shop/web"),
    ];
    for (document, object) in documents {
        assert_eq!(noted(&[&document]), [object], "{document}");
    }
}

#[test]
fn nothing_is_noted_where_the_secret_may_exist() {
    let reader = reader();
    let optional = pod(
        "shop",
        "envFrom: [{ secretRef: { name: synced, optional: true } }]",
        "",
    );
    let patch = reader.replace("image: app, ", "");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: synced, namespace: shop }\n";
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: synced, namespace: shop }\nspec: {}\n";
    let external = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: e, namespace: shop }\nspec: { target: { name: synced } }\n";
    let certificate = "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: c, namespace: shop }\nspec: { secretName: synced }\n";
    let other = mounting("StatefulSet", "");
    let open = mounting("Deployment", "").replace("image: app, ", "");
    let documents: [&[&str]; 10] = [
        &[],
        &[&optional],
        &[&patch],
        &[&pod(
            "elsewhere",
            "envFrom: [{ secretRef: { name: synced } }]",
            "",
        )],
        &[&reader, secret],
        &[&reader, sealed],
        &[&reader, external],
        &[&reader, certificate],
        &[&reader, &other],
        &[&reader, &open],
    ];
    for documents in documents {
        assert_eq!(noted(documents), [""; 0], "{documents:#?}");
    }
}

#[test]
fn a_key_that_no_class_writes_is_noted() {
    let key = |key: &str| {
        let variable = format!(
            "env: [{{ name: A, valueFrom: {{ secretKeyRef: {{ name: synced, key: {key} }} }} }}]"
        );
        noted(&[&mounting("Deployment", &variable)])
    };
    assert_eq!(key("password"), [""; 0]);
    assert_eq!(key("user"), ["Deployment shop/mounting user"]);
}
