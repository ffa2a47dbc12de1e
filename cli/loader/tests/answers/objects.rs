//! Objects of Kubernetes in Terraform source.

use super::case::{PODS, mounts, read};

const DRIVER: &str =
    include_str!("../../../../fixtures/inputs/terraform/kubernetes-objects/k8s/driver.yaml");
const MAIN: &str = include_str!("../../../../fixtures/inputs/terraform/kubernetes-objects/main.tf");

/// The mounts of the fixture with a text of its source replaced.
fn decided(from: &str, to: &str) -> Vec<String> {
    assert!(MAIN.contains(from), "{from}");
    let main = MAIN.replace(from, to);
    mounts(&read(&[("k8s/driver.yaml", DRIVER), ("main.tf", &main)]))
}

#[test]
fn workloads_and_encoded_classes_are_read() {
    assert_eq!(
        decided("", ""),
        [
            "prod:dev/app dev/db: allow",
            "prod:qa/app qa/db: allow",
            "prod:qa/app dev/db: refuse",
        ]
    );
}

#[test]
fn an_object_that_may_not_exist_decides_nothing() {
    let class = "resource \"kubernetes_manifest\" \"other\" {\n";
    let counted = format!("variable \"n\" {{}}\n{class}  count = var.n\n");
    assert_eq!(
        decided(class, &counted),
        [
            "prod:dev/app dev/db: allow",
            "prod:qa/app qa/db: allow",
            "prod:qa/app other-secrets: unknown",
        ]
    );
    let job = "resource \"kubernetes_cron_job_v1\" \"report\" {\n";
    let counted = format!("variable \"n\" {{}}\n{job}  count = var.n\n");
    assert_eq!(
        decided(job, &counted),
        ["prod:dev/app dev/db: allow", "prod:qa/app qa/db: allow"]
    );
}

#[test]
fn a_manifest_that_is_unknown_is_named() {
    let main = "variable \"text\" {}\nresource \"kubectl_manifest\" \"class\" {\n  yaml_body = var.text\n}\n";
    let loaded = read(&[("main.tf", main)]);
    let unread = loaded.files.iter().filter_map(|file| {
        let unread = file.unread.as_ref()?;
        Some(format!("{}: {}", unread.what, unread.how))
    });
    assert_eq!(
        unread.collect::<Vec<_>>(),
        ["unknown object: it depends on var.text, which is unknown"]
    );
}

/// Objects that state no namespace, in a directory that a controller deploys.
#[test]
fn a_controller_states_the_namespace_of_the_objects_of_a_directory() {
    let pods = PODS
        .replace("name: api-secrets, namespace: pay", "name: api-secrets")
        .replace("name: api, namespace: pay", "name: api");
    let world = "ascp-policy: 1\ninclude: [{ path: k8s/, cluster: prod }]\nclosed: all\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    clusters: { prod: { serviceAccounts: { pay/api: { association: reader } } } }\n    roles: { reader: { trust: pod-identity, policies: { read: [{ Effect: Allow, Action: \"secretsmanager:*\", Resource: \"*\" }] } } }\n    secrets: { pay/db: {} }\n";
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: app, namespace: argocd }\nspec: { source: { path: k8s/app }, destination: { namespace: pay } }\n";
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: app, namespace: flux-system }\nspec: { path: ./k8s/app, targetNamespace: pay }\n";
    for controller in [argo, flux] {
        let files = [
            ("ascp-policy.yaml", world),
            ("k8s/app/app.yaml", &pods),
            ("k8s/controller.yaml", controller),
        ];
        assert_eq!(mounts(&read(&files)), ["prod:pay/api pay/db: allow"]);
        // A second controller deploys the same directory elsewhere.
        for namespace in ["other", "'{{ .namespace }}'"] {
            let second = argo.replace("namespace: pay", &format!("namespace: {namespace}"));
            let mut files = files.to_vec();
            files.push(("k8s/second.yaml", &second));
            if controller == argo {
                assert_eq!(mounts(&read(&files)), [""; 0]);
            }
        }
        // The directory of another path has objects of its own.
        let elsewhere = controller.replace("k8s/app", "app");
        let files = [
            files[0],
            files[1],
            ("k8s/controller.yaml", elsewhere.as_str()),
        ];
        assert_ne!(mounts(&read(&files)), ["prod:pay/api pay/db: allow"]);
    }
}

/// Options of a controller that change who reads what leave the objects of its directory open; other options change nothing.
#[test]
fn options_of_a_controller_that_change_facts_leave_its_objects_open() {
    let world = "ascp-policy: 1\ninclude: [{ path: k8s/, cluster: prod }]\nclosed: all\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    clusters: { prod: { serviceAccounts: { pay/api: { association: reader } } } }\n    roles: { reader: { trust: pod-identity, policies: { read: [{ Effect: Allow, Action: \"secretsmanager:*\", Resource: \"*\" }] } } }\n    secrets: { pay/db: {} }\n";
    let flux = |options: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{ name: app }}\nspec: {{ path: ./k8s/app, {options} }}\n"
        )
    };
    let argo = |options: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{ name: app }}\nspec: {{ source: {{ path: k8s/app, kustomize: {{ {options} }} }}, destination: {{ namespace: pay }} }}\n"
        )
    };
    let account = "patches: [{ target: { kind: Deployment }, patch: '[{op: replace, path: /spec/template/spec/serviceAccountName, value: admin}]' }]";
    let image = "patches: [{ target: { kind: Deployment }, patch: '[{op: replace, path: /spec/replicas, value: 3}]' }]";
    for (options, changes) in [
        (account, true),
        ("namePrefix: dev-", true),
        ("components: [../x]", true),
        (
            "patches: [{ patch: '[{op: remove, path: /spec/template/spec}]' }]",
            true,
        ),
        (image, false),
        ("images: [{ name: a, newTag: b }]", false),
        ("patches: null", false),
    ] {
        for controller in [flux(options), argo(options)] {
            let files = [
                ("ascp-policy.yaml", world),
                ("k8s/app/app.yaml", PODS),
                ("k8s/controller.yaml", controller.as_str()),
            ];
            let loaded = read(&files);
            let is_named = loaded.files.iter().any(|file| file.unread.is_some());
            let expected: &[&str] = if changes {
                &[]
            } else {
                &["prod:pay/api pay/db: allow"]
            };
            assert_eq!(mounts(&loaded), expected, "{controller}");
            assert_eq!(is_named, changes, "{controller}");
        }
    }
}

/// An ApplicationSet makes Applications of directories that match a pattern; their namespace is known if the template states it.
#[test]
fn an_application_set_states_the_namespace_of_the_objects_of_its_directories() {
    let pods = PODS
        .replace("name: api-secrets, namespace: pay", "name: api-secrets")
        .replace("name: api, namespace: pay", "name: api");
    let world = "ascp-policy: 1\ninclude: [{ path: k8s/, cluster: prod }]\nclosed: all\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n    clusters: { prod: { serviceAccounts: { pay/api: { association: reader } } } }\n    roles: { reader: { trust: pod-identity, policies: { read: [{ Effect: Allow, Action: \"secretsmanager:*\", Resource: \"*\" }] } } }\n    secrets: { pay/db: {} }\n";
    for (namespace, expected) in [
        ("pay", &["prod:pay/api pay/db: allow"][..]),
        ("'{{path.basename}}'", &[]),
    ] {
        let set = format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{ name: apps }}\nspec:\n  generators: [{{ matrix: {{ generators: [{{ git: {{ directories: [{{ path: k8s/* }}] }} }}] }} }}]\n  template: {{ spec: {{ source: {{ path: '{{{{path}}}}' }}, destination: {{ namespace: {namespace} }} }} }}\n"
        );
        let files = [
            ("ascp-policy.yaml", world),
            ("k8s/app/app.yaml", &pods),
            ("k8s/set.yaml", set.as_str()),
        ];
        assert_eq!(mounts(&read(&files)), expected, "{namespace}");
    }
}
