//! Facts that only rules ask for: volumes as written, synced Secrets, RBAC, deletion dates, doubled associations.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Loaded, Options};
use policy_engine::{
    inventory::{Dialect, class::Mounting},
    source::{Origin, Spanned},
};
use serde_json::{Value, json};
use std::fs;

fn load(files: &[(&str, &str)]) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let options = Options {
        paths: vec![directory.path().to_path_buf()],
        accounts: vec![("main".into(), "111122223333".into())],
        region: Some("us-east-1".into()),
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

/// Line and column of a place.
fn at(loaded: &Loaded, origin: Origin) -> (u32, u32) {
    let position = loaded.sources.position(origin).unwrap();
    (position.line, position.column)
}

fn words(words: &[Spanned<String>]) -> Vec<&str> {
    words.iter().map(|word| word.value.as_str()).collect()
}

#[test]
fn volumes_are_kept_as_they_are_written() {
    let loaded = load(&[(
        "pod.yaml",
        r"apiVersion: v1
kind: Pod
metadata: { name: api, namespace: dev }
spec:
  serviceAccountName: app
  securityContext: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 2000, supplementalGroups: [7] }
  volumes:
    - name: good
      csi:
        driver: secrets-store.csi.k8s.io
        readOnly: true
        volumeAttributes: { secretProviderClass: db }
        nodePublishSecretRef: { name: creds }
    - name: misspelt
      csi:
        driver: secret-store.csi.k8s.io
        volumeAttributes: { secretProviderClass: db }
    - name: classless
      csi: { driver: secrets-store.csi.k8s.io, readOnly: false }
    - name: other
      csi: { driver: efs.csi.aws.com }
  initContainers:
    - name: first
      securityContext: { runAsUser: 0 }
      volumeMounts: [{ name: good, mountPath: /first }]
  containers:
    - name: main
      volumeMounts:
        - { name: good, mountPath: /mnt, subPath: db }
        - { name: other, mountPath: /efs }
",
    )]);
    let workload = &loaded.inventory.workloads[0];
    assert_eq!(words(&workload.classes), ["db"]);
    assert_eq!(workload.run_as.user.as_ref().unwrap().value, "1000");
    assert!(workload.run_as.non_root.as_ref().unwrap().value);
    assert_eq!(workload.fs_group.as_ref().unwrap().value, "2000");
    assert_eq!(words(&workload.groups), ["7"]);
    let [good, misspelt, classless] = workload.volumes.as_slice() else {
        panic!("{:#?}", workload.volumes);
    };
    assert_eq!(at(&loaded, good.origin), (9, 7));
    assert_eq!(
        at(&loaded, good.read_only.as_ref().unwrap().origin),
        (11, 19)
    );
    assert_eq!(good.publish_secret.as_ref().unwrap().value, "creds");
    assert_eq!(good.class().unwrap().value, "db");
    let [main, first] = good.mounts.as_slice() else {
        panic!("{:#?}", good.mounts);
    };
    assert_eq!(
        (main.path.value.as_str(), first.path.value.as_str()),
        ("/mnt", "/first")
    );
    assert_eq!(main.sub_path.as_ref().unwrap().value, "db");
    assert_eq!(first.container, "first");
    assert_eq!(first.run_as.user.as_ref().unwrap().value, "0");
    assert_eq!(at(&loaded, misspelt.driver.origin), (16, 17));
    assert!(misspelt.read_only.is_none() && misspelt.mounts.is_empty());
    assert!(classless.class().is_none() && !classless.read_only.as_ref().unwrap().value);
}

#[test]
fn classes_keep_what_the_provider_passes_over() {
    let loaded = load(&[(
        "class.yaml",
        r#"apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: db, namespace: dev }
spec:
  provider: aws
  secretObjects:
    - secretName: db
      type: Opaque
      labels: { team: a }
      data:
        - { objectName: db, key: password }
        - { key: user }
  parameters:
    objects: |
      - objectName: payments/db
        objectType: secretsmanager
        alias: db
        OBJECTALIAS: "dbs/all"
        filePermission: 0400
        objectVersion: "0123"
        jmesPath:
          - { path: a, objectAlias: a/b, permission: "0400" }
        failoverObject: { objectName: payments/db, region: eu-west-1 }
"#,
    )]);
    let class = &loaded.inventory.classes[0];
    let synced = &class.synced[0];
    assert_eq!(synced.name.as_ref().unwrap().value, "db");
    assert_eq!(synced.kind.as_ref().unwrap().value, "Opaque");
    // The value of a label may be anything.
    assert_eq!(synced.labels[0].0.value, "team");
    assert_eq!(synced.labels[0].1.value, "");
    assert_eq!(
        at(&loaded, synced.data[0].object.as_ref().unwrap().origin),
        (11, 25)
    );
    assert!(synced.data[1].object.is_none());
    let object = &class.objects[0];
    assert_eq!(words(&object.unknown), ["alias"]);
    assert_eq!(at(&loaded, object.unknown[0].origin), (17, 9));
    assert_eq!(words(&object.jmes[0].unknown), ["permission"]);
    assert_eq!(
        words(&object.failover.as_ref().unwrap().unknown),
        ["region"]
    );
    assert_eq!(class.files(object, Dialect::Upstream), ["dbs_all", "a_b"]);
    assert_eq!(words(&object.unquoted), ["filePermission"]);
    let faults = class.faults(&Mounting {
        region: "us-east-1",
        ..Mounting::default()
    });
    let [permission, ..] = faults.as_slice() else {
        panic!("{faults:#?}");
    };
    assert_eq!(
        (
            permission.value.to_string().as_str(),
            permission.value.help().as_str()
        ),
        ("Invalid File Permission: 256", "quote it: \"0400\"")
    );
    assert_eq!(at(&loaded, permission.origin), (19, 25));
}

const RBAC: &str = r#"apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: monitoring }
aggregationRule:
  clusterRoleSelectors:
    - matchLabels: { aggregate: "yes" }
      matchExpressions: [{ key: tier, operator: NotIn, values: [internal] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: pods, labels: { aggregate: "yes" } }
rules:
  - { apiGroups: [""], resources: ["pods", "pods/exec"], verbs: [get, create] }
  - { nonResourceURLs: ["/metrics"], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: hidden, labels: { aggregate: "yes", tier: internal } }
rules: [{ apiGroups: [""], resources: ["secrets"], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: crd, labels: { rbac.authorization.k8s.io/aggregate-to-view: "true" } }
rules: [{ apiGroups: [example.com], resources: ["*/status"], verbs: ["*"], resourceNames: [one] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: unbound, namespace: dev }
rules: [{ apiGroups: [""], resources: ["secrets"], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: monitoring }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: monitoring }
subjects:
  - { kind: Group, name: team-a }
  - { kind: ServiceAccount, name: app, namespace: dev }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: editors, namespace: dev }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ kind: User, name: ana }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: lost, namespace: dev }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: monitoring }
subjects: []
"#;

#[test]
fn bindings_find_their_roles_with_what_is_aggregated_into_them() {
    let loaded = load(&[("rbac.yaml", RBAC)]);
    let access = &loaded.inventory.access;
    let grants: Vec<_> = access.grants().collect();
    let [(monitoring, pods), (editors, edit), (lost, none)] = grants.as_slice() else {
        panic!("{grants:#?}");
    };
    assert!(
        none.is_none(),
        "a Role is none of the ClusterRoles: {lost:?}"
    );
    assert_eq!(
        (
            monitoring.namespace.as_deref(),
            editors.namespace.as_deref()
        ),
        (None, Some("dev"))
    );
    let subjects: Vec<_> = monitoring
        .subjects
        .iter()
        .map(policy_engine::inventory::RbacSubject::display)
        .collect();
    assert_eq!(subjects, ["Group team-a", "ServiceAccount dev/app"]);
    let pods = pods.unwrap();
    assert_eq!(pods.rules.len(), 1);
    assert_eq!(at(&loaded, pods.rules[0].resources[1].origin), (13, 44));
    assert!(pods.rules[0].grants("create", "", "pods/exec"));
    assert!(!pods.rules[0].grants("delete", "", "pods/exec"));
    let edit = edit.unwrap();
    let may = |verb: &str, group: &str, resource: &str| {
        edit.rules
            .iter()
            .any(|rule| rule.grants(verb, group, resource))
    };
    assert!(may("create", "", "serviceaccounts/token") && may("create", "apps", "deployments"));
    assert!(may("get", "", "secrets") && may("patch", "example.com", "things/status"));
    assert!(!may("create", "rbac.authorization.k8s.io", "rolebindings"));
    assert_eq!(access.roles.len(), 2, "unbound roles are left out");
}

/// A plan with manifests, in which each text `?` is known after apply.
fn plan_of(manifests: &[Value]) -> String {
    let values = manifests.iter().enumerate().map(|(at, manifest)| {
        json!({"address": format!("kubernetes_manifest.m{at}"), "mode": "managed", "type": "kubernetes_manifest", "name": format!("m{at}"),
            "provider_name": "registry.terraform.io/hashicorp/kubernetes", "values": {"manifest": split(manifest, false)}})
    });
    let changes = manifests.iter().enumerate().map(|(at, manifest)| {
        json!({"address": format!("kubernetes_manifest.m{at}"), "mode": "managed", "type": "kubernetes_manifest", "name": format!("m{at}"),
            "change": {"actions": ["create"], "after_unknown": {"manifest": split(manifest, true)}}})
    });
    json!({"format_version": "1.2", "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": values.collect::<Vec<_>>()}},
        "resource_changes": changes.collect::<Vec<_>>()})
    .to_string()
}

/// The known part of a value, or the marks of its unknown part.
fn split(value: &Value, of_unknown: bool) -> Value {
    match value {
        Value::String(text) if text == "?" && of_unknown => json!(true),
        Value::String(text) if text == "?" => Value::Null,
        Value::Array(items) => items.iter().map(|item| split(item, of_unknown)).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| of_unknown || *value != "?")
            .map(|(key, value)| (key.clone(), split(value, of_unknown)))
            .collect(),
        _ if of_unknown => json!(false),
        other => other.clone(),
    }
}

#[test]
fn an_unknown_part_of_rbac_grants_nothing() {
    let binding = |name: &str, role: &str, subject: Value| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
            "roleRef": {"kind": "ClusterRole", "name": role}, "subjects": [subject, {"kind": "Group", "name": "known"}]})
    };
    let role = |name: &str, tier: &str, rest: (&str, Value)| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": name, "labels": {"tier": tier}}, rest.0: rest.1})
    };
    let rule = |name: &str| json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": [name]});
    let selectors = json!({"clusterRoleSelectors": [
        {"matchLabels": {"pick": "?"}},
        {"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["internal"]}]},
    ]});
    let plan = plan_of(&[
        role("r", "app", ("rules", json!([rule("?"), rule("db")]))),
        role("open", "?", ("rules", json!([rule("other")]))),
        role("all", "internal", ("aggregationRule", selectors)),
        binding(
            "a",
            "r",
            json!({"kind": "ServiceAccount", "name": "app", "namespace": "?"}),
        ),
        binding("b", "all", json!({"kind": "User", "name": "?"})),
        binding("c", "?", json!({"kind": "User", "name": "ana"})),
    ]);
    let loaded = load(&[("plan.json", &plan)]);
    let access = &loaded.inventory.access;
    let bindings = access.bindings.iter();
    let bindings: Vec<_> = bindings.map(|binding| &binding.name).collect();
    assert_eq!(bindings, ["a", "b"]);
    for (binding, role) in access.grants() {
        let subjects = binding.subjects.iter();
        let subjects: Vec<_> = subjects.map(|subject| &subject.kind).collect();
        assert_eq!(subjects, ["Group"], "{}", binding.name);
        let rules = role.unwrap().rules.iter();
        let rules: Vec<_> = rules.map(|rule| rule.names.join(",")).collect();
        assert_eq!(rules, ["db"], "{}", binding.name);
    }
    let unread = loaded.files.iter().filter(|file| file.unread.is_some());
    assert_eq!(unread.count(), 6);
}

#[test]
fn rbac_of_several_clusters_and_later_manifests_stay_apart() {
    let twice = RBAC.replace("verbs: [get, create]", "verbs: [delete]");
    let loaded = load(&[("a.yaml", RBAC), ("b.yaml", &twice)]);
    let access = &loaded.inventory.access;
    assert_eq!(access.bindings.len(), 3);
    let rules = &access.grants().next().unwrap().1.unwrap().rules;
    assert_eq!(rules.len(), 1);
    assert_eq!(
        words(&rules[0].verbs),
        ["delete"],
        "the later manifest counts"
    );
}

#[test]
fn a_secret_that_is_being_deleted_has_its_date() {
    let described = r#"{ "ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AAAAAA", "Name": "a",
  "DeletedDate": "2026-11-01T10:00:00+00:00" }"#;
    let list = r#"{ "SecretList": [
  { "ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:b-AAAAAA", "Name": "b" } ] }"#;
    let policy = r#"{ "ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AAAAAA", "Name": "a",
  "ResourcePolicy": "" }"#;
    let loaded = load(&[("1.json", described), ("2.json", list), ("3.json", policy)]);
    let [a, b] = loaded.inventory.secrets.as_slice() else {
        panic!("{:#?}", loaded.inventory.secrets);
    };
    assert_eq!(at(&loaded, a.deleted.known().unwrap().origin), (2, 18));
    assert!(b.deleted.is_absent());
}

fn plan(resources: &[(&str, &str)]) -> String {
    let resources: Vec<_> = resources
        .iter()
        .map(|(name, role)| {
            format!(
                r#"{{ "address": "aws_eks_pod_identity_association.{name}", "mode": "managed",
  "type": "aws_eks_pod_identity_association", "name": "{name}", "values": {{ "cluster_name": "prod",
  "namespace": "dev", "service_account": "app", "role_arn": "arn:aws:iam::111122223333:role/{role}" }} }}"#
            )
        })
        .collect();
    format!(
        r#"{{ "format_version": "1.2", "planned_values": {{ "root_module": {{ "resources": [{}] }} }} }}"#,
        resources.join(", ")
    )
}

#[test]
fn two_associations_of_one_service_account_are_reported() {
    let dump = r#"{ "association": { "clusterName": "prod", "namespace": "dev", "serviceAccount": "app",
  "roleArn": "arn:aws:iam::111122223333:role/a", "associationId": "a-1",
  "associationArn": "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/a-1" } }"#;
    let single = plan(&[("x", "a")]);
    let loaded = load(&[("dump.json", dump), ("plan.json", &single)]);
    let [association] = loaded.inventory.associations.as_slice() else {
        panic!("{:#?}", loaded.inventory.associations);
    };
    assert!(
        association.duplicates.is_empty(),
        "a plan and a dump tell of one"
    );

    let loaded = load(&[
        ("dump.json", dump),
        ("plan.json", &plan(&[("x", "a"), ("y", "b")])),
    ]);
    let [association] = loaded.inventory.associations.as_slice() else {
        panic!("{:#?}", loaded.inventory.associations);
    };
    assert_eq!(
        association.declared.as_deref(),
        Some("aws_eks_pod_identity_association.y")
    );
    let [other] = association.duplicates.as_slice() else {
        panic!("{association:#?}");
    };
    assert_eq!(other.declared, "aws_eks_pod_identity_association.x");
    assert_eq!(
        other.role.known().unwrap().value,
        "arn:aws:iam::111122223333:role/a"
    );
    assert_ne!(other.origin, association.origin);

    let loaded = load(&[("1.json", &single), ("2.json", &single)]);
    assert!(
        loaded.inventory.associations[0].duplicates.is_empty(),
        "one plan read twice"
    );
}

const TRUST: &str = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A plan of a role with an inline policy.
fn plan_with(policy: &str) -> String {
    let resource = |kind: &str, name: &str, values: Value| {
        json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws", "values": values})
    };
    json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [], "planned_values": {"root_module": {"resources": [
        resource("aws_iam_role", "r", json!({"name": "r", "assume_role_policy": TRUST})),
        resource("aws_iam_role_policy", "p", json!({"name": "p", "role": "r", "policy": policy})),
    ]}}})
    .to_string()
}

const SOURCE: &str = r#"resource "aws_iam_role" "r" {
  name = "r"
}
resource "aws_iam_role_policy" "p" {
  name   = "p"
  role   = aws_iam_role.r.name
  policy = file("${path.module}/policies/read.json")
}
"#;

#[test]
fn a_policy_that_file_reads_has_its_place_in_that_file() {
    let policy = "{\n  \"Statement\": [\n    { \"Effect\": \"Allow\", \"Action\": \"secretsmanager:GetSecretValue\", \"Resource\": \"*\" }\n  ]\n}\n";
    let plan = plan_with(policy);
    let files = [
        ("main.tf", SOURCE),
        ("plan.json", plan.as_str()),
        ("policies/read.json", policy),
    ];
    let loaded = load(&files);
    let document = &loaded.inventory.roles[0].inline.list[0];
    let name = loaded.sources.name(document.origin.source);
    assert!(name.ends_with("policies/read.json"), "{name}");
    assert_eq!(at(&loaded, document.statements[0].origin), (3, 5));
    assert!(loaded.inventory.loose.is_empty(), "the role has it");
    assert!(loaded.files.iter().all(|file| file.unread.is_none()));
    // A policy that nothing of the plan has is a policy on its own.
    let other = SOURCE.replace("read.json", "none.json");
    let files = [
        ("main.tf", other.as_str()),
        ("plan.json", plan.as_str()),
        ("policies/read.json", policy),
    ];
    let loaded = load(&files);
    assert_eq!(loaded.inventory.loose.len(), 1);
}

#[test]
fn a_plan_that_is_older_than_its_source_is_named() {
    let policy = |action: &str| {
        format!(
            "{{\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}]}}"
        )
    };
    let plan = plan_with(&policy("secretsmanager:DescribeSecret"));
    let newer = policy("secretsmanager:GetSecretValue");
    let files = [
        ("main.tf", SOURCE),
        ("plan.json", plan.as_str()),
        ("policies/read.json", newer.as_str()),
    ];
    let loaded = load(&files);
    let document = &loaded.inventory.roles[0].inline.list[0];
    // The plan decides, and no text of the newer source is shown as its place.
    let action = &document.statements[0].action.as_ref().unwrap().values[0];
    assert_eq!(action.text.known(), Some("secretsmanager:DescribeSecret"));
    assert_eq!(at(&loaded, document.statements[0].origin).0, 4);
    let unread = loaded.files.iter().filter_map(|file| file.unread.as_ref());
    let unread: Vec<_> = unread
        .map(|unread| (unread.what, unread.how.as_str()))
        .collect();
    let [(what, how)] = unread.as_slice() else {
        panic!("{unread:?}");
    };
    assert_eq!(*what, "outdated Terraform plan");
    assert!(
        how.contains("does not match") && how.contains("main.tf"),
        "{how}"
    );
}

#[test]
fn a_state_of_what_its_source_no_longer_makes_is_named() {
    let resource = |module: &str, kind: &str, name: &str| {
        json!({"module": module, "mode": "managed", "type": kind, "name": name,
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{"schema_version": 0, "attributes": {"name": name, "assume_role_policy": TRUST, "arn": format!("arn:aws:iam::111122223333:role/{name}")}}]})
    };
    let state = |resources: Value| {
        json!({"version": 4, "terraform_version": "1.11.4", "resources": resources}).to_string()
    };
    let role =
        |name: &str| format!("resource \"aws_iam_role\" \"{name}\" {{\n  name = \"{name}\"\n}}\n");
    let both = state(json!([
        resource("", "aws_iam_role", "a"),
        resource("", "aws_iam_role", "b")
    ]));
    let inner = state(json!([
        resource("", "aws_iam_role", "a"),
        resource("module.app", "aws_iam_role", "b")
    ]));
    let call = "module \"app\" {\n  source = \"./app\"\n}\n";
    let with_call = format!("{}{call}", role("a"));
    let rows = [
        (&both, format!("{}{}", role("a"), role("b")), ""),
        (&both, role("a"), "aws_iam_role.b"),
        (&inner, with_call, ""),
        (&inner, role("a"), "module.app"),
    ];
    for (state, source, gone) in rows {
        let files = [
            ("main.tf", source.as_str()),
            ("app/main.tf", &role("b")),
            ("terraform.tfstate", state.as_str()),
        ];
        let loaded = load(&files);
        let outdated = loaded.files.iter().filter(|file| {
            let unread = file.unread.as_ref();
            unread.is_some_and(|unread| unread.what.starts_with("outdated"))
        });
        let names: Vec<&str> = outdated.map(|file| file.name.as_str()).collect();
        let is_named = names
            .iter()
            .any(|name| name.ends_with(&format!("({gone})")));
        assert_eq!(is_named, !gone.is_empty(), "{gone}: {names:?}");
        assert_eq!(names.is_empty(), gone.is_empty(), "{gone}: {names:?}");
    }
}
