//! Objects of Kubernetes in Terraform source.

use super::case::{mounts, read};

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
