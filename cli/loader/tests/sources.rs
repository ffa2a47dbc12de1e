//! What the readers take from answers of AWS and from manifests, and what they must never keep.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Kind, Loaded, Options};
use policy_engine::inventory::{Attribute, KeyRef, ResourcePolicy, Secret};
use std::{fs, path::Path};
use tempfile::TempDir;

fn files(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn load(directory: &Path) -> Loaded {
    let options = Options {
        paths: vec![directory.to_path_buf()],
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

/// Text, line and column of a place.
fn text(loaded: &Loaded, origin: policy_engine::source::Origin) -> (String, u32, u32) {
    let source = loaded.sources.get(origin.source).unwrap();
    let position = source.position(origin.span);
    (
        source.slice(origin.span).to_owned(),
        position.line,
        position.column,
    )
}

#[test]
fn values_of_secrets_are_never_kept() {
    let canary = "c4n4ry";
    let directory = files(&[
        (
            "value.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AAAAAA\", \"Name\": \"a\", \"SecretString\": \"c4n4ry\" }",
        ),
        (
            "broken.json",
            "{ \"SecretString\": \"c4n4ry\", \"RoleDetailList\": [ \"eks.amazonaws.com/role-arn\" ]",
        ),
        (
            "parameters.json",
            "{ \"Parameters\": [ { \"Name\": \"/p\", \"Type\": \"SecureString\", \"Value\": \"c4n4ry \\\"é\\\"\", \"ARN\": \"arn:aws:ssm:us-east-1:111122223333:parameter/p\" } ] }",
        ),
        (
            "describe.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:b-AAAAAA\", \"Name\": \"b\", \"Tags\": [ { \"Key\": \"k\", \"Value\": \"kept\" } ], \"Nested\": { \"SecretBinary\": \"c4n4ry\" } }",
        ),
        (
            "secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"data\":\"c4n4ry\"}\ndata: { a: c4n4ry, é: 'c4n4ry', l: [c4n4ry] }\nstringData:\n  b: |\n    c4n4ry\n    c4n4ry\n  c: 12c4n4ry\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: app, namespace: dev }\n",
        ),
        (
            "list.json",
            "{ \"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [ { \"apiVersion\": \"v1\", \"kind\": \"Secret\", \"data\": { \"x\": \"c4n4ry\" } } ] }",
        ),
    ]);
    let options = Options {
        paths: vec![directory.path().join("broken.json")],
        ..Options::default()
    };
    let error = loader::load(&options).unwrap_err();
    assert!(!format!("{error:?}").contains(canary), "{error:?}");
    assert_eq!(error.problems.len(), 1, "{:?}", error.problems);

    let loaded = load(directory.path());
    let shown = format!("{loaded:?}");
    assert!(!shown.contains(canary), "{shown}");
    assert!(shown.contains("kept"));
    for (_, source) in loaded.sources.iter() {
        let name = Path::new(&source.name).file_name().unwrap();
        let original = fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!(original.len(), source.text.len());
        assert_eq!(original.lines().count(), source.text.lines().count());
    }
    // Nothing is taken from an answer with a value; that it lies there is a sighting.
    let held = loaded
        .files
        .iter()
        .find(|file| file.name.ends_with("value.json"))
        .unwrap();
    assert_eq!(held.kind, Some(Kind::AWS));
    assert!(
        loaded
            .inventory
            .secrets
            .iter()
            .all(|secret| secret.name != "a")
    );
    assert!(matches!(
        loaded.inventory.parameters[0].key,
        KeyRef::Unknown(_)
    ));
    let account = &loaded.inventory.service_accounts[0];
    assert_eq!(text(&loaded, account.origin), ("app".into(), 17, 19));
}

#[test]
fn answers_about_one_secret_become_one_secret() {
    let directory = files(&[
        (
            "a/secret.json",
            "{\n \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf\",\n \"Name\": \"a\",\n \"VersionIdsToStages\": {},\n \"ReplicationStatus\": [ { \"Region\": \"eu-west-1\", \"KmsKeyId\": \"alias/eu\" }, { \"Region\": \"eu-north-1\" } ] }",
        ),
        (
            "a/policy.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf\", \"Name\": \"a\" }",
        ),
        (
            "b/encoded.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:b-AbCdEf\", \"Name\": \"b\",\n \"ResourcePolicy\": \"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22%2A%22%2C%22Action%22%3A%22secretsmanager%3AGetSecretValue%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D\" }",
        ),
        (
            "c/replica.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:c-AbCdEf\", \"Name\": \"c\", \"PrimaryRegion\": \"us-east-1\", \"Tags\": [] }",
        ),
    ]);
    let loaded = load(directory.path());
    let [a, b, c] = loaded.inventory.secrets.as_slice() else {
        panic!("{:?}", loaded.inventory.secrets)
    };
    assert!(matches!(a.key, KeyRef::AwsManaged(origin) if text(&loaded, origin).1 == 3));
    assert!(a.tags.is_settled() && a.tags.list.is_empty());
    assert!(matches!(a.policy, ResourcePolicy::None(_)));
    assert!(matches!(&a.replicas.list[0].key, KeyRef::Named(key) if key.value == "alias/eu"));
    assert!(matches!(a.replicas.list[1].key, KeyRef::AwsManaged(_)));
    let ResourcePolicy::Document(policy) = &b.policy else {
        panic!("a policy")
    };
    let action = &policy.statements[0].action.as_ref().unwrap().values[0];
    assert_eq!(action.text.known(), Some("secretsmanager:GetSecretValue"));
    assert!(text(&loaded, action.origin).0.starts_with("\"%7B"));
    assert!(b.tags.is_unstated() && matches!(b.key, KeyRef::Unknown(_)));
    assert_eq!(
        (c.region.as_str(), c.replicas.list[0].region.value.as_str()),
        ("us-east-1", "eu-west-1")
    );
    assert_eq!(
        c.arn.known(),
        Some("arn:aws:secretsmanager:us-east-1:111122223333:secret:c-AbCdEf")
    );
    // `describe-secret` names all replicas, the answers about a policy or about a replica do not.
    let is_open = |secret: &Secret| secret.replicas.open.is_some();
    assert_eq!([a, b, c].map(is_open), [false, true, true]);
    assert_eq!(loaded.inventory.accounts[0].id, "111122223333");
}

#[test]
fn key_answers_meet_by_the_id() {
    let id = "6c1d4a52-8f0b-4a37-9d2e-3b7f51c0e894";
    let directory = files(&[
        (&format!("{id}/key-policy.json"), "{ \"Policy\": \"{\\\"Statement\\\":[]}\", \"PolicyName\": \"default\" }".replace("[]", "[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"kms:*\\\",\\\"Resource\\\":\\\"*\\\"}]").as_str()),
        (&format!("grants.{id}.json"), &format!("{{ \"Grants\": [ {{ \"KeyId\": \"{id}\", \"GranteePrincipal\": \"arn:aws:iam::111122223333:role/r\", \"Operations\": [\"Decrypt\"], \"Constraints\": {{ \"EncryptionContextSubset\": {{ \"a\": \"b\" }} }} }} ] }}")),
        (&format!("tags.{id}.json"), "{ \"Tags\": [ { \"TagKey\": \"team\", \"TagValue\": \"x\" } ], \"Truncated\": false }"),
        ("zz-key.json", &format!("{{ \"KeyMetadata\": {{ \"KeyId\": \"{id}\", \"Arn\": \"arn:aws:kms:us-east-1:111122223333:key/{id}\", \"Enabled\": false, \"KeyManager\": \"CUSTOMER\" }} }}")),
        ("key-policy.00000000-8f0b-4a37-9d2e-3b7f51c0e894.json", "{ \"Policy\": \"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"kms:*\\\",\\\"Resource\\\":\\\"*\\\"}]}\", \"PolicyName\": \"default\" }"),
    ]);
    let loaded = load(directory.path());
    let [key] = loaded.inventory.keys.as_slice() else {
        panic!("{:?}", loaded.inventory.keys)
    };
    assert!(key.policy.known().is_some() && key.grants.list.len() == 1);
    assert!(!key.enabled.known().unwrap().value);
    assert_eq!(key.tags.list[0].value.value.known(), Some("x"));
    assert_eq!(
        (key.account.as_str(), key.region.as_str()),
        ("111122223333", "us-east-1")
    );
    assert!(
        loaded
            .notes
            .iter()
            .any(|note| note.message.contains("no input states the account")),
        "{:?}",
        loaded.notes
    );
}

#[test]
fn aws_managed_policies_come_from_the_catalogue() {
    let directory = files(&[(
        "ascp-policy.yaml",
        "ascp-policy: 1\naccounts:\n  a:\n    id: '111122223333'\n    roles:\n      r: { trust: pod-identity, attach: [aws:SecretsManagerReadWrite, aws:AmazonAthenaFullAccess, aws:NoSuchThing, own], boundary: aws:ReadOnlyAccess }\n    policies:\n      own: [{ Effect: Allow, Action: ssm:*, Resource: '*' }]\n",
    )]);
    let loaded = load(directory.path());
    let mut arns: Vec<_> = loaded
        .inventory
        .policies
        .iter()
        .map(|policy| policy.arn.rsplit('/').next().unwrap())
        .collect();
    arns.sort_unstable();
    assert_eq!(
        arns,
        [
            "AmazonAthenaFullAccess",
            "ReadOnlyAccess",
            "SecretsManagerReadWrite",
            "own"
        ]
    );
    assert_eq!(loaded.notes.len(), 1);
    assert!(loaded.notes[0].message.contains("`NoSuchThing`"));
    assert_eq!(
        loaded.inventory.roles[0].attached.list[3].value,
        "arn:aws:iam::111122223333:policy/own"
    );
}

#[test]
fn differences_name_both_places() {
    let dump = |tag: &str| {
        format!(
            "{{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf\", \"Name\": \"a\",\n \"Tags\": [ {{ \"Key\": \"n\", \"Value\": \"{tag}\" }} ] }}"
        )
    };
    let directory = files(&[
        (
            "ascp-policy.yaml",
            "ascp-policy: 1\ninclude: [one.json, two.json]\naccounts: { shop: { id: '111122223333', region: us-east-1 } }\n",
        ),
        ("one.json", &dump("x")),
        ("two.json", &dump("y")),
    ]);
    let loaded = load(directory.path());
    assert_eq!(loaded.inventory.secrets.len(), 1);
    assert_eq!(
        loaded.inventory.secrets[0].tags.list[0].value.value.known(),
        Some("y")
    );
    let [note] = loaded.notes.as_slice() else {
        panic!("{:?}", loaded.notes)
    };
    assert!(note.message.contains("the tags of secret `a`"), "{note:?}");
    assert!(
        note.message.contains("one.json:2") && note.message.contains("two.json:2"),
        "{note:?}"
    );
    assert!(!loaded.inventory.closed.all);
}

#[test]
fn a_world_overrules_a_dump() {
    let directory = files(&[
        (
            "ascp-policy.yaml",
            "ascp-policy: 1\ninclude: [one.json]\naccounts: { shop: { id: '111122223333', region: us-east-1, secrets: { a: { tags: { n: y } } } } }\nexpect: { readers: { 'shop:a': [] } }\n",
        ),
        (
            "one.json",
            "{ \"ARN\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf\", \"Name\": \"a\", \"Tags\": [] }",
        ),
    ]);
    let loaded = load(directory.path());
    let secret = &loaded.inventory.secrets[0];
    assert_eq!(loaded.inventory.secrets.len(), 1);
    assert!(secret.arn.is_known() && secret.tags.list.len() == 1);
    assert!(loaded.world.as_ref().unwrap().has_expect);
}

const MANIFESTS: &str = r#"apiVersion: v1
kind: List
items:
- apiVersion: batch/v1
  kind: CronJob
  metadata: { name: job, namespace: dev }
  spec:
    jobTemplate: { spec: { template: { spec: {
      containers: [],
      volumes: [ { csi: { driver: secrets-store.csi.k8s.io, volumeAttributes: { secretProviderClass: one } } } ] } } } }
- apiVersion: secrets-store.csi.x-k8s.io/v1
  kind: SecretProviderClass
  metadata: { name: one }
  spec:
    provider: aws
    parameters:
      usePodIdentity: "true"
      objects: |
        - objectname: y
          ObjectName: ünder
          objectType: secretsmanager
          objectVersion: 010
          filePermission: 0644
          jmesPath: [ { Path: a, ObjectAlias: True } ]
- apiVersion: secrets-store.csi.x-k8s.io/v1
  kind: SecretProviderClass
  metadata: { name: broken }
  spec:
    provider: aws
    parameters:
      objects: "array: [x]"
- apiVersion: secrets-store.csi.x-k8s.io/v1
  kind: SecretProviderClass
  metadata: { name: azure }
  spec: { provider: azure, parameters: { usePodIdentity: "true" } }
"#;

#[test]
fn manifests_are_read_without_a_list_of_kinds() {
    let directory = files(&[("m.yaml", MANIFESTS)]);
    let loaded = load(directory.path());
    assert_eq!(loaded.files[0].kind, Some(Kind::KUBERNETES));
    let workload = &loaded.inventory.workloads[0];
    assert_eq!(
        (workload.kind.as_str(), workload.cluster.as_str()),
        ("CronJob", "cluster")
    );
    assert_eq!(workload.service_account.value, "default");
    assert_eq!(workload.classes[0].value, "one");

    let [whole, broken, other] = loaded.inventory.classes.as_slice() else {
        panic!("{:?}", loaded.inventory.classes)
    };
    assert_eq!(other.provider, "azure");
    assert_eq!(whole.namespace, "default");
    assert_eq!(loaded.notes.len(), 1, "{:?}", loaded.notes);
    let object = &whole.objects[0];
    // Of two spellings the lower one wins, and the characters are those that were typed.
    assert_eq!(object.name.value, "y");
    assert_eq!(text(&loaded, object.name.origin), ("y".into(), 19, 23));
    assert_eq!(object.version.as_ref().unwrap().value, "010");
    assert_eq!(object.permission.as_ref().unwrap().value, "0644");
    assert_eq!(
        text(&loaded, object.permission.as_ref().unwrap().origin),
        ("0644".into(), 23, 27)
    );
    assert_eq!(object.jmes[0].alias.as_ref().unwrap().value, "True");
    let reason = broken.unreadable.as_ref().unwrap();
    assert!(
        reason.value.contains("a list of mappings, not a map"),
        "{reason:?}"
    );
    assert_eq!(text(&loaded, reason.origin).1, 31);
}

#[test]
fn the_world_above_is_read_up_to_the_repository() {
    let directory = files(&[
        ("ascp-policy.yaml", "ascp-policy: 1\nabout: above\n"),
        (
            "k8s/a.yaml",
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: b }\n",
        ),
        (
            "repo/k8s/a.yaml",
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: b }\n",
        ),
    ]);
    fs::create_dir(directory.path().join("repo/.git")).unwrap();
    let above = load(&directory.path().join("k8s/a.yaml"));
    assert_eq!(above.world.unwrap().about.as_deref(), Some("above"));
    assert!(above.inventory.closed.all);
    let alone = load(&directory.path().join("repo/k8s"));
    assert!(alone.world.is_none() && alone.inventory.service_accounts.len() == 1);
}

/// A world at one path hides no other path that is named.
#[test]
fn paths_of_two_worlds_are_a_problem() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: b }\n";
    let directory = files(&[
        ("one/ascp-policy.yaml", "ascp-policy: 1\n"),
        ("one/a.yaml", account),
        ("two/ascp-policy.yaml", "ascp-policy: 1\n"),
        ("none/a.yaml", account),
        ("none/b.yaml", account),
    ]);
    for (paths, is_read) in [
        (["one", "one/a.yaml"], true),
        (["one/ascp-policy.yaml", "one"], true),
        (["none/a.yaml", "none/b.yaml"], true),
        (["one", "none"], false),
        (["none", "one"], false),
        (["one", "two"], false),
        (["two/ascp-policy.yaml", "one/a.yaml"], false),
        (["one", "missing"], false),
    ] {
        let options = Options {
            paths: paths.map(|path| directory.path().join(path)).to_vec(),
            ..Options::default()
        };
        assert_eq!(loader::load(&options).is_ok(), is_read, "{paths:?}");
    }
}

#[test]
fn the_command_line_states_what_a_world_would_state() {
    let directory = files(&[(
        "a.yaml",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: b }\n",
    )]);
    let options = Options {
        paths: vec![directory.path().to_path_buf()],
        accounts: vec![("shop".into(), "111122223333".into())],
        cluster: Some("prod".into()),
        ..Options::default()
    };
    let loaded = loader::load(&options).unwrap();
    assert_eq!(loaded.inventory.service_accounts[0].pod.cluster, "prod");
    assert_eq!(loaded.inventory.accounts[0].name.as_deref(), Some("shop"));
    let wrong = Options {
        accounts: vec![("shop".into(), "1".into())],
        ..options
    };
    assert!(loader::load(&wrong).is_err());
}

#[test]
fn objects_in_json_manifests_have_exact_places() {
    let manifest = r#"{ "apiVersion": "secrets-store.csi.x-k8s.io/v1", "kind": "SecretProviderClass",
 "metadata": { "name": "a", "namespace": "d" },
 "spec": { "provider": "aws", "parameters": { "objects": "- objectName: \"é/x\"\n  objectType: 'secretsmanager'\n  objectAlias: b\n" } } }"#;
    let directory = files(&[("m.json", manifest)]);
    let loaded = load(directory.path());
    let object = &loaded.inventory.classes[0].objects[0];
    assert_eq!(object.name.value, "é/x");
    assert_eq!(
        text(&loaded, object.kind.as_ref().unwrap().origin).0,
        "'secretsmanager'"
    );
    assert_eq!(text(&loaded, object.alias.as_ref().unwrap().origin).0, "b");
}

#[test]
fn policies_of_roles_come_from_single_answers_too() {
    let directory = files(&[
        (
            "ascp-policy.yaml",
            "ascp-policy: 1\ninclude: [{ path: d/, account: shop, kind: aws }]\naccounts: { shop: { id: '111122223333', region: us-east-1 } }\n",
        ),
        (
            "d/role.json",
            "{ \"Role\": { \"RoleName\": \"r\", \"RoleId\": \"AROAX\", \"Path\": \"/x/\", \"Arn\": \"arn:aws:iam::111122223333:role/x/r\" } }",
        ),
        (
            "d/a-policy.json",
            "{ \"RoleName\": \"r\", \"PolicyName\": \"p\", \"PolicyDocument\": { \"Version\": \"2012-10-17\", \"Statement\": [ { \"Effect\": \"Allow\", \"Action\": \"ssm:*\", \"Resource\": \"*\" } ] } }",
        ),
        (
            "d/attached.r.json",
            "{ \"AttachedPolicies\": [ { \"PolicyName\": \"ReadOnlyAccess\", \"PolicyArn\": \"arn:aws:iam::aws:policy/ReadOnlyAccess\" } ] }",
        ),
        (
            "d/organization.json",
            "{ \"Organization\": { \"Id\": \"o-a1b2c3d4e5\" } }",
        ),
        (
            "d/parameters.json",
            "{ \"Parameters\": [ { \"Name\": \"/a/b\", \"Type\": \"SecureString\", \"KeyId\": \"alias/aws/ssm\", \"Tier\": \"Standard\" } ] }",
        ),
        (
            "d/tags.a-b.json",
            "{ \"TagList\": [ { \"Key\": \"k\", \"Value\": \"v\" } ] }",
        ),
    ]);
    let loaded = load(directory.path());
    let [role] = loaded.inventory.roles.as_slice() else {
        panic!("{:?}", loaded.inventory.roles)
    };
    assert_eq!(
        (role.arn.as_str(), role.inline.open.is_none()),
        ("arn:aws:iam::111122223333:role/x/r", false)
    );
    assert_eq!((role.inline.list.len(), role.attached.list.len()), (1, 1));
    assert_eq!(role.unique_id.as_deref(), Some("AROAX"));
    let parameter = &loaded.inventory.parameters[0];
    assert_eq!(
        parameter.arn,
        "arn:aws:ssm:us-east-1:111122223333:parameter/a/b"
    );
    assert_eq!(parameter.secure.known(), Some(&true));
    assert!(matches!(parameter.key, KeyRef::AwsManaged(_)));
    assert_eq!(parameter.tags.list.len(), 1);
    assert!(
        loaded
            .files
            .iter()
            .any(|file| file.kind.is_none() && file.name.ends_with("organization.json"))
    );
}

#[test]
fn worlds_may_include_worlds() {
    let directory = files(&[
        (
            "ascp-policy.yaml",
            "ascp-policy: 1\ninclude: [vault/world.yaml]\naccounts: { shop: { id: '111122223333', region: us-east-1, clusters: { p: { serviceAccounts: { d/a: { mounts: ['vault:s'] } } } } } }\nexpect: { readers: { 'vault:s': [d/a] } }\n",
        ),
        (
            "vault/world.yaml",
            "ascp-policy: 1\naccounts: { vault: { id: '444455556666', region: us-east-1, secrets: { s: { policy: { file: p.json } } } } }\n",
        ),
        (
            "vault/p.json",
            "{ \"Version\": \"2012-10-17\", \"Statement\": [ { \"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"secretsmanager:GetSecretValue\", \"Resource\": \"*\" } ] }",
        ),
    ]);
    let loaded = load(directory.path());
    assert_eq!(loaded.inventory.secrets.len(), 1);
    assert!(matches!(
        loaded.inventory.secrets[0].policy,
        ResourcePolicy::Document(_)
    ));
    assert!(!loaded.inventory.closed.all && loaded.promises.readers.len() == 1);
    assert_eq!(
        loaded.inventory.mounts[0].pod.cluster,
        "arn:aws:eks:us-east-1:111122223333:cluster/p"
    );
}

#[test]
fn an_empty_document_of_terraform_is_no_policy_and_a_mark_is_no_text() {
    let text = "\u{feff}provider \"aws\" {\n  region = \"us-east-1\"\n  allowed_account_ids = [\"111122223333\"]\n}\nresource \"aws_secretsmanager_secret\" \"db\" {\n  name = \"db\"\n  policy = \"{ }\"\n}\n";
    let directory = files(&[("main.tf", text)]);
    let loaded = load(directory.path());
    let [secret] = loaded.inventory.secrets.as_slice() else {
        panic!("{:?}", loaded.files)
    };
    assert!(matches!(secret.policy, ResourcePolicy::None(_)));
    assert_eq!(text_line(&loaded, secret), 6);
}

fn text_line(loaded: &Loaded, secret: &Secret) -> u32 {
    text(loaded, secret.origin).1
}

/// Each pod template of an object makes pods; a volume of the driver outside of one is named.
#[test]
fn each_pod_template_of_an_object_is_read_or_named() {
    let volumes = "volumes: [{ name: v, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: c } } }]";
    let template =
        |account: &str| format!("{{ {account}containers: [{{ name: c, image: i }}], {volumes} }}");
    let object = |version: &str, kind: &str, rest: &str| {
        format!(
            "apiVersion: {version}\nkind: {kind}\nmetadata: {{ name: o, namespace: dev }}\n{rest}\n"
        )
    };
    let jobs = format!(
        "spec: {{ replicatedJobs: [{{ template: {{ spec: {} }} }}, {{ template: {{ spec: {} }} }}] }}",
        template("serviceAccountName: a, "),
        template("serviceAccountName: b, ")
    );
    let rows: [(String, &[&str], usize); 5] = [
        (
            object("jobset.x-k8s.io/v1alpha2", "JobSet", &jobs),
            &["a", "b"],
            0,
        ),
        (
            object(
                "v1",
                "PodTemplate",
                &format!(
                    "template: {{ spec: {} }}",
                    template("serviceAccountName: a, ")
                ),
            ),
            &["a"],
            0,
        ),
        (
            object(
                "monitoring.coreos.com/v1",
                "Prometheus",
                &format!("spec: {{ serviceAccountName: a, {volumes} }}"),
            ),
            &[],
            1,
        ),
        (
            object(
                "v1",
                "Pod",
                &format!(
                    "spec: {}",
                    template("serviceAccountName: \"\", serviceAccount: app, ")
                ),
            ),
            &["app"],
            0,
        ),
        (
            object("v1", "Pod", &format!("spec: {}", template(""))),
            &["default"],
            0,
        ),
    ];
    for (text, accounts, unread) in rows {
        let directory = files(&[("k8s/a.yaml", text.as_str())]);
        let loaded = load(&directory.path().join("k8s"));
        let workloads = loaded.inventory.workloads.iter();
        let named: Vec<_> = workloads
            .map(|workload| workload.service_account.value.as_str())
            .collect();
        assert_eq!(named, accounts, "{text}");
        let count = loaded
            .files
            .iter()
            .filter(|file| file.unread.is_some())
            .count();
        assert_eq!(count, unread, "{text}");
    }
}

/// A truth value in a form that is not understood is unknown: `yes` is one in YAML 1.1.
#[test]
fn a_flag_in_another_form_is_unknown() {
    for (written, known) in [
        ("true", Some(false)),
        ("\"false\"", Some(true)),
        ("yes", None),
        ("1", None),
    ] {
        let template = format!(
            "Resources:\n  A:\n    Type: AWS::EKS::PodIdentityAssociation\n    Properties:\n      ClusterName: prod\n      Namespace: dev\n      ServiceAccount: app\n      RoleArn: arn:aws:iam::111122223333:role/app\n      DisableSessionTags: {written}\n"
        );
        let directory = files(&[("a.yaml", template.as_str())]);
        let options = Options {
            paths: vec![directory.path().to_path_buf()],
            accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
            region: Some("us-east-1".to_owned()),
            ..Options::default()
        };
        let loaded = loader::load(&options).unwrap_or_else(|error| panic!("{:?}", error.problems));
        let association = loaded.inventory.associations.first().unwrap();
        let flag = match &association.session_tags {
            Attribute::Known(flag) => Some(flag.value),
            Attribute::Absent | Attribute::Unknown(_) => None,
        };
        assert_eq!(flag, known, "{written}");
        assert_eq!(
            association.session_tags.hole().is_some(),
            known.is_none(),
            "{written}"
        );
    }
}

/// A build specification of CodeBuild has the members of a CDK assembly, but no artifact with a type.
#[test]
fn a_build_specification_is_no_assembly() {
    for (text, is_read) in [
        (
            "version: 0.2\nartifacts:\n  files: [imagedefinitions.json]\n",
            false,
        ),
        (
            "version: 36.0.0\nartifacts:\n  Stack:\n    type: aws:cloudformation:stack\n",
            true,
        ),
    ] {
        let directory = files(&[("a.yaml", text)]);
        let loaded = load(directory.path());
        let count = loaded
            .files
            .iter()
            .filter(|file| file.kind.is_some())
            .count();
        assert_eq!(count, usize::from(is_read), "{text}");
    }
}

/// A key in a state in which KMS decrypts nothing cannot be used, and neither can one that is no symmetric encryption key.
#[test]
fn the_state_and_the_spec_of_a_key_are_read() {
    for (state, enabled) in [
        ("Enabled", None),
        ("Updating", None),
        ("PendingDeletion", Some(false)),
        ("Disabled", Some(false)),
    ] {
        let answer = format!(
            r#"{{"KeyMetadata": {{"AWSAccountId": "111122223333", "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Arn": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "KeyState": "{state}", "KeyManager": "CUSTOMER"}}}}"#
        );
        let directory = files(&[("key.json", answer.as_str())]);
        let loaded = load(directory.path());
        let key = loaded.inventory.keys.first().unwrap();
        let known = match &key.enabled {
            Attribute::Known(flag) => Some(flag.value),
            Attribute::Absent | Attribute::Unknown(_) => None,
        };
        assert_eq!(known, enabled, "{state}");
    }
    let object = "apiVersion: v1\nkind: Namespace\nmetadata: { name: ack, annotations: { services.k8s.aws/owner-account-id: \"111122223333\", services.k8s.aws/default-region: us-east-1 } }\n---\napiVersion: kms.services.k8s.aws/v1alpha1\nkind: Key\nmetadata: { name: k, namespace: ack }\nspec: { keySpec: RSA_2048, keyUsage: ENCRYPT_DECRYPT }\n";
    let directory = files(&[("key.yaml", object)]);
    let loaded = load(directory.path());
    let unfit = &loaded.inventory.keys.first().unwrap().unfit;
    assert!(
        matches!(unfit, Attribute::Known(spec) if spec.value == "RSA_2048"),
        "{unfit:?}"
    );
}
