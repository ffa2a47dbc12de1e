//! A directory of files, and the decision that follows from it.

use loader::{Loaded, Options};
use policy_engine::{
    inventory::{Inventory, Pod, find::Object, promise::Ask},
    simulator::{Question, Simulator, Target},
    uncertainty::Uncertainties,
};
use std::fs;

/// The service account, the class and the pod.
pub(crate) const PODS: &str = r#"
apiVersion: v1
kind: ServiceAccount
metadata: { name: api, namespace: pay }
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: api-secrets, namespace: pay }
spec:
  provider: aws
  parameters:
    region: us-east-1
    usePodIdentity: "true"
    objects: |
      - objectName: pay/db
        objectType: secretsmanager
---
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: pay }
spec:
  serviceAccountName: api
  containers: [{ name: main, image: "app:1", volumeMounts: [{ name: s, mountPath: /mnt/s, readOnly: true }] }]
  volumes:
    - { name: s, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: api-secrets } } }
"#;

pub(crate) const READ: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "kms:Decrypt"], "Resource": "*"}]}"#;
pub(crate) const DENY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}]}"#;
pub(crate) const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]}"#;

/// A closed world that includes these files as those of the account `shop`, and the manifests of the cluster `prod`.
pub(crate) fn world(files: &[&str]) -> String {
    let includes: String = files
        .iter()
        .map(|file| format!("  - {{ path: {file}, account: shop }}\n"))
        .collect();
    format!(
        "ascp-policy: 1\ninclude:\n{includes}  - {{ path: k8s/, cluster: prod }}\nclosed: all\naccounts:\n  shop: {{ id: \"111122223333\", region: us-east-1 }}\n"
    )
}

/// What is loaded from a closed world with these files.
pub(crate) fn load(files: &[(&str, &str)]) -> Loaded {
    let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
    let world = world(&names);
    let mut all = vec![("ascp-policy.yaml", world.as_str()), ("k8s/app.yaml", PODS)];
    all.extend(files);
    read(&all)
}

/// What is loaded from a directory.
pub(crate) fn read(files: &[(&str, &str)]) -> Loaded {
    read_as(files, Options::default())
}

/// The same in the account `shop`.
pub(crate) fn read_in_account(files: &[(&str, &str)]) -> Loaded {
    let options = Options {
        accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
        region: Some("us-east-1".to_owned()),
        ..Options::default()
    };
    read_as(files, options)
}

/// The same with these options.
pub(crate) fn read_as(files: &[(&str, &str)], options: Options) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let options = Options {
        paths: vec![directory.path().to_path_buf()],
        ..options
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

/// The decision in a closed world with these files.
pub(crate) fn decided(files: &[(&str, &str)]) -> String {
    decision(&load(files))
}

/// The decision on the pod `prod:pay/api` and the secret `shop:pay/db`.
pub(crate) fn decision(loaded: &Loaded) -> String {
    let inventory = &loaded.inventory;
    let pods = inventory.find_pods("prod:pay/api");
    let objects = inventory.find_objects("shop:pay/db");
    decide(inventory, pods.first(), objects.first())
}

/// The decision on a pod and an object, if both exist.
pub(crate) fn decide(
    inventory: &Inventory,
    pod: Option<&Pod>,
    object: Option<&Object<'_>>,
) -> String {
    let (Some(pod), Some(object)) = (pod, object) else {
        return "there is no such pod or object".to_owned();
    };
    let walk = Simulator::new(inventory).walk(&Question {
        pod,
        target: Target::Object(*object),
        ask: &Ask::Read,
        via: None,
        given: &[],
        other: Uncertainties::default(),
    });
    walk.decision.to_string()
}

/// The decision on each mount, with the pod and the name that it requests.
pub(crate) fn mounts(loaded: &Loaded) -> Vec<String> {
    let simulator = Simulator::new(&loaded.inventory);
    let decided = simulator.mounts().iter().map(|mount| {
        let walk = simulator.walk(&Question {
            pod: &mount.pod,
            target: Target::Mount(mount),
            ask: &Ask::Read,
            via: None,
            given: &[],
            other: Uncertainties::default(),
        });
        let pod = loaded.inventory.pod_name(&mount.pod);
        format!("{pod} {}: {}", mount.name.value, walk.decision)
    });
    decided.collect()
}
