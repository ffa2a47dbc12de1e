//! What objects of ACK and Crossplane make of AWS resources, and how they refer to each other.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that cannot be read has failed"
)]

use loader::{Loaded, Options};
use policy_engine::inventory::{Association, KeyRef, ResourcePolicy, Role, Secret};
use std::{fs, path::Path};

fn fixture(name: &str) -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/inputs")
        .join(name);
    load(&folder, &[])
}

fn load(path: &Path, accounts: &[(&str, &str)]) -> Loaded {
    let accounts = accounts
        .iter()
        .map(|(name, id)| ((*name).to_owned(), (*id).to_owned()));
    let options = Options {
        paths: vec![path.to_path_buf()],
        accounts: accounts.collect(),
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

fn association<'l>(loaded: &'l Loaded, name: &str) -> &'l Association {
    let mut all = loaded.inventory.associations.iter();
    all.find(|association| association.service_account.value == name)
        .unwrap()
}

fn secret<'l>(loaded: &'l Loaded, name: &str) -> &'l Secret {
    let mut all = loaded.inventory.secrets.iter();
    all.find(|secret| secret.name == name).unwrap()
}

fn reader(loaded: &Loaded) -> &Role {
    let arn = "arn:aws:iam::111122223333:role/pod-reader";
    loaded.inventory.role(arn).unwrap()
}

fn attached(role: &Role) -> Vec<&str> {
    role.attached
        .list
        .iter()
        .map(|arn| arn.value.as_str())
        .collect()
}

fn inline(role: &Role) -> Vec<&str> {
    let mut names: Vec<_> = role
        .inline
        .list
        .iter()
        .map(|policy| &*policy.name)
        .collect();
    names.sort_unstable();
    names
}

/// The facts that both fixtures state.
fn same(loaded: &Loaded) {
    let api = association(loaded, "api");
    assert_eq!(
        api.cluster,
        "arn:aws:eks:us-east-1:111122223333:cluster/prod"
    );
    assert_eq!(
        api.role.known().unwrap().value,
        "arn:aws:iam::111122223333:role/pod-reader"
    );
    assert!(association(loaded, "unknown").role.known().is_none());
    assert!(reader(loaded).trust.known().is_some());
    let db = secret(loaded, "pay/db");
    assert_eq!(
        db.arn.to_string(),
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/db-??????"
    );
    assert_eq!(db.tags.list.len(), 1);
    assert_eq!(db.replicas.list.len(), 1);
    let [key] = loaded.inventory.keys.as_slice() else {
        panic!("{:?}", loaded.inventory.keys);
    };
    assert_eq!(key.aliases, ["alias/pay"]);
    let KeyRef::Named(name) = &db.key else {
        panic!("{:?}", db.key);
    };
    assert_eq!(name.value, key.arn.to_string());
}

#[test]
fn objects_of_ack_make_what_they_state() {
    let loaded = fixture("ack");
    same(&loaded);
    let role = reader(&loaded);
    assert_eq!(
        attached(role),
        [
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::111122223333:policy/pay/read-pay"
        ]
    );
    // The policy that no manifest describes may be any.
    assert!(role.attached.open.is_some());
    assert_eq!(inline(role), ["decrypt"]);
    assert_eq!(
        role.boundary.known().unwrap().value,
        "arn:aws:iam::111122223333:policy/pay/read-pay"
    );
    assert_eq!(role.tags.list.len(), 1);
    // What the status of the object states counts.
    let other = secret(&loaded, "pay/other");
    assert_eq!(other.region.as_str(), "eu-west-1");
    assert!(other.arn.to_string().ends_with("pay/other-AbCdEf"));
    assert!(matches!(other.policy, ResourcePolicy::None(_)));
}

#[test]
fn objects_of_crossplane_make_what_they_state() {
    let loaded = fixture("crossplane");
    same(&loaded);
    let role = reader(&loaded);
    assert_eq!(
        attached(role),
        ["arn:aws:iam::111122223333:policy/read-pay"]
    );
    assert_eq!(inline(role), ["decrypt", "parameters"]);
    assert_eq!(role.tags.list.len(), 1);
    assert!(matches!(
        secret(&loaded, "pay/db").policy,
        ResourcePolicy::Document(_)
    ));
    let [parameter] = loaded.inventory.parameters.as_slice() else {
        panic!("{:?}", loaded.inventory.parameters);
    };
    assert_eq!(
        parameter.arn,
        "arn:aws:ssm:us-east-1:111122223333:parameter/pay/url"
    );
    assert_eq!(parameter.secure.known(), Some(&true));
    // Only observed: what the object does not state is not known.
    let observed = loaded
        .inventory
        .role("arn:aws:iam::111122223333:role/observed")
        .unwrap();
    assert!(observed.trust.known().is_none());
    assert!(observed.attached.open.is_some());
}

#[test]
fn what_has_no_account_is_judged_by_itself_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let role = "apiVersion: iam.services.k8s.aws/v1alpha1\nkind: Role\nmetadata: { name: r, namespace: ack }\nspec: { name: r, assumeRolePolicyDocument: '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"pods.eks.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}' }\n";
    fs::write(folder.path().join("role.yaml"), role).unwrap();
    let loaded = load(folder.path(), &[]);
    assert_eq!(loaded.inventory.loose.len(), 1);
    let how = loaded
        .files
        .iter()
        .filter_map(|file| Some(file.unread.as_ref()?.how.as_str()));
    let how: Vec<_> = how.collect();
    assert!(how.len() == 1 && how[0].contains("--account"), "{how:?}");
    let placed = load(folder.path(), &[("shop", "111122223333")]);
    assert!(
        placed
            .inventory
            .role("arn:aws:iam::111122223333:role/r")
            .is_some()
    );
}

#[test]
fn templates_of_resources_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let composition = "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: { name: pods }\nspec: { resources: [{ name: role, base: { apiVersion: iam.aws.upbound.io/v1beta1, kind: Role, spec: { forProvider: {} } } }] }\n";
    let graph = "apiVersion: kro.run/v1alpha1\nkind: ResourceGraphDefinition\nmetadata: { name: pods }\nspec: { resources: [{ id: role, template: { apiVersion: iam.services.k8s.aws/v1alpha1, kind: Role, spec: { name: '${schema.spec.name}' } } }] }\n";
    let other = "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: { name: other }\nspec: { resources: [] }\n";
    for (name, text) in [
        ("a.yaml", composition),
        ("b.yaml", graph),
        ("c.yaml", other),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let loaded = load(folder.path(), &[]);
    assert!(loaded.inventory.roles.is_empty());
    let unread = loaded.files.iter().filter(|file| file.unread.is_some());
    assert_eq!(unread.count(), 2);
}
