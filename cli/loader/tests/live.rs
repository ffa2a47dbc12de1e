//! What an account told joins the files, and what it refused to tell is unknown, never absent.

#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that cannot go on fails its test"
)]

use loader::{Answer, Answers, Item, Level, Live, Loaded, Options, Place};
use policy_engine::{
    inventory::{AccountId, promise::Ask},
    simulator::{Question, Simulator, Target, Walk},
    source::Origin,
    uncertainty::Uncertainties,
};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};

const ACCOUNT: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/reader";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn answers(name: &str, call: Answer, about: &str, answer: Value) -> Answers {
    Answers {
        name: format!("aws {name}"),
        call,
        items: vec![Item {
            about: about.to_owned(),
            answer,
        }],
    }
}

/// A pod with an association, a role that may read and decrypt, and a secret with a key of its own.
fn live() -> Live {
    let statement = json!({"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "kms:Decrypt", "ssm:GetParameters"], "Resource": "*"});
    let identity = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]});
    let role = json!({"RoleName": "reader", "Arn": ROLE, "AssumeRolePolicyDocument": trust.to_string(),
        "RolePolicyList": [{"PolicyName": "read", "PolicyDocument": identity}], "AttachedManagedPolicies": [], "Tags": []});
    let association = json!({"association": {"clusterName": "prod", "namespace": "dev", "serviceAccount": "app", "roleArn": ROLE,
        "associationArn": "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/a-1", "disableSessionTags": false}});
    let cluster = json!({"cluster": {"name": "prod", "arn": "arn:aws:eks:us-east-1:111122223333:cluster/prod"}});
    Live {
        account: ACCOUNT.to_owned(),
        region: "us-east-1".to_owned(),
        partition: "aws".to_owned(),
        answers: vec![
            answers("eks describe-cluster", Answer::Cluster, "prod", cluster),
            answers(
                "eks describe-pod-identity-association",
                Answer::Association,
                "a-1",
                association,
            ),
            answers(
                "iam get-account-authorization-details",
                Answer::AuthorizationDetails,
                ROLE,
                json!({"RoleDetailList": [role]}),
            ),
            answers(
                "secretsmanager describe-secret",
                Answer::Secret,
                SECRET,
                json!({"ARN": SECRET, "Name": "db", "KmsKeyId": KEY, "Tags": []}),
            ),
            answers(
                "secretsmanager get-resource-policy",
                Answer::SecretPolicy,
                SECRET,
                json!({"ARN": SECRET, "Name": "db"}),
            ),
            answers(
                "kms describe-key",
                Answer::KeyMetadata,
                KEY,
                json!({"KeyMetadata": {"Arn": KEY, "KeyManager": "CUSTOMER", "Enabled": true}}),
            ),
            key_policy(&format!("arn:aws:iam::{ACCOUNT}:root")),
        ],
        place: Place::Outside,
        ..Live::default()
    }
}

fn key_policy(principal: &str) -> Answers {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}]});
    answers(
        "kms get-key-policy",
        Answer::KeyPolicy,
        KEY,
        json!({"Policy": policy.to_string()}),
    )
}

fn load(live: Live, paths: &[PathBuf]) -> Loaded {
    let options = Options {
        paths: paths.to_vec(),
        live: Some(Arc::new(live)),
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{error}"))
}

fn walk(loaded: &Loaded, object: &str) -> Walk {
    let inventory = &loaded.inventory;
    let simulator = Simulator::new(inventory);
    let objects = inventory.find_objects(object);
    simulator.walk(&Question {
        pod: &inventory.find_pods("prod:dev/app")[0],
        target: Target::Object(objects[0]),
        ask: &Ask::Read,
        via: None,
        given: &[],
        other: Uncertainties::default(),
    })
}

/// Decision and what it rests on.
fn decided(live: Live) -> (String, String) {
    let walk = walk(&load(live, &[]), "db");
    (walk.decision.to_string(), walk.unknown.join(", "))
}

fn without(call: Answer) -> Live {
    let mut live = live();
    live.answers.retain(|answers| answers.call != call);
    live
}

#[test]
fn an_account_alone_is_a_world() {
    assert_eq!(decided(live()), ("allow".into(), String::new()));
}

#[test]
fn what_was_refused_is_unknown() {
    let secret = decided(without(Answer::SecretPolicy));
    // The owner's identity policy allows; a resource policy could still deny.
    assert_eq!(secret.0, "unknown");
    assert!(secret.1.contains("resource policy of"), "{}", secret.1);
    let key = decided(without(Answer::KeyPolicy));
    assert_eq!(key.0, "unknown");
    assert!(key.1.contains("key policy of"), "{}", key.1);
    assert_eq!(decided(without(Answer::Cluster)).0, "allow");
    for call in [Answer::AuthorizationDetails, Answer::Secret] {
        assert_eq!(decided(without(call)).0, "unknown", "{call:?}");
    }
}

#[test]
fn grants_that_were_not_read_may_allow() {
    let mut live = without(Answer::KeyPolicy);
    live.answers
        .push(key_policy("arn:aws:iam::111122223333:role/other"));
    assert_eq!(decided(live.clone()).0, "refuse");
    live.unread_grants.push(KEY.to_owned());
    let (decision, unknown) = decided(live);
    assert_eq!(decision, "unknown");
    assert!(unknown.contains("grants"), "{unknown}");
}

#[test]
fn an_organization_that_was_not_read_may_deny() {
    let mut live = live();
    live.place = Place::Unknown;
    let (decision, unknown) = decided(live.clone());
    assert_eq!(decision, "unknown");
    assert!(
        unknown.contains("service control policy of account 111122223333"),
        "{unknown}"
    );

    // A world that describes the organization is believed.
    let folder = tempfile::tempdir().unwrap();
    let world = "ascp-policy: 1\norganization:\n  id: o-a1b2c3d4e5\n  accounts: [shop]\naccounts:\n  shop: { id: \"111122223333\" }\n";
    std::fs::write(folder.path().join("ascp-policy.yaml"), world).unwrap();
    let loaded = load(live, &[folder.path().to_path_buf()]);
    assert_eq!(walk(&loaded, "shop:db").decision.to_string(), "allow");
}

#[test]
fn other_accounts_of_an_organization_are_not_taken_for_strangers() {
    let mut live = live();
    live.place = inside("Deny");
    let other = "arn:aws:iam::444455556666:role/other";
    live.answers.push(answers(
        "iam get-account-authorization-details",
        Answer::AuthorizationDetails,
        other,
        json!({"RoleDetailList": [{"RoleName": "other", "Arn": other}]}),
    ));
    let loaded = load(live, &[]);
    let account = loaded.inventory.account("444455556666").unwrap();
    assert_eq!((account.scps.len(), account.rcps.len()), (1, 1));
    assert!(loaded.inventory.account(ACCOUNT).unwrap().scps.is_empty());
}

fn inside(effect: &str) -> Place {
    let arn = "arn:aws:organizations::999988887777:policy/o-a1b2c3d4e5/service_control_policy/p-1";
    let content = json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]});
    let policy = json!({"Policy": {"PolicySummary": {"Arn": arn, "Name": "guard", "Type": "SERVICE_CONTROL_POLICY"}, "Content": content.to_string()}});
    let level = |id: &str, scps: &[&str]| Level {
        id: id.to_owned(),
        full_access: true,
        scps: scps.iter().map(|arn| (*arn).to_owned()).collect(),
        rcps: Vec::new(),
    };
    Place::Inside {
        id: "o-a1b2c3d4e5".to_owned(),
        management: Some("999988887777".to_owned()),
        levels: vec![
            level("r-1", &[]),
            level("ou-1", &[arn]),
            level(ACCOUNT, &[]),
        ],
        policies: answers(
            "organizations describe-policy",
            Answer::Other(""),
            arn,
            policy,
        ),
    }
}

#[test]
fn an_scp_denies_and_is_recognised_by_its_arn() {
    let mut live = live();
    live.place = inside("Deny");
    let loaded = load(live.clone(), &[]);
    let root = &loaded.inventory.organization.as_ref().unwrap().root;
    assert_eq!(
        (root.id.as_str(), root.units[0].accounts.as_slice()),
        ("r-1", &[AccountId::parse(ACCOUNT).unwrap()][..])
    );
    let walk = walk(&loaded, "db");
    assert_eq!(walk.decision.to_string(), "deny");
    let place = loaded.sources.place(root.units[0].scps[0].origin).unwrap();
    assert_eq!(
        place.to_string(),
        "aws organizations describe-policy: arn:aws:organizations::999988887777:policy/o-a1b2c3d4e5/service_control_policy/p-1"
    );

    // An account from which FullAWSAccess was taken may do what its own SCPs list, and nothing else.
    let mut list = live.clone();
    list.place = inside("Allow");
    assert_eq!(decided(list.clone()).0, "allow");
    if let Place::Inside { levels, .. } = &mut list.place {
        levels[2].full_access = false;
    }
    assert_eq!(decided(list).0, "refuse");
}

#[test]
fn a_world_beside_an_account_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ascp-policy.yaml");
    std::fs::write(&path, "ascp-policy: 1\nabout: promises alone\n").unwrap();
    let loaded = load(live(), &[folder.path().to_path_buf()]);
    assert!(!loaded.inventory.closed.all);

    // What the account refused to tell is not closed either, whatever the world says.
    std::fs::write(&path, "ascp-policy: 1\nclosed: all\n").unwrap();
    let loaded = load(live(), &[folder.path().to_path_buf()]);
    assert!(loaded.inventory.closed.all);
    let mut refused = without(Answer::SecretPolicy);
    refused.refused.push("refused".to_owned());
    let loaded = load(refused, &[folder.path().to_path_buf()]);
    assert!(!loaded.inventory.closed.all);
    assert_eq!(walk(&loaded, "db").decision.to_string(), "unknown");
    assert!(
        loaded
            .notes
            .iter()
            .any(|note| note.message.contains("`closed`"))
    );
}

#[test]
fn tags_belong_to_the_parameter_of_their_arn_and_places_are_arns() {
    let arn = |name: &str| format!("arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{name}");
    let mut live = live();
    // As words both are `app-db-url`.
    for name in ["/app/db-url", "/app/db/url"] {
        let parameter =
            json!({"Name": name, "ARN": arn(name), "Type": "String", "Tier": "Advanced"});
        live.answers.push(answers(
            "ssm describe-parameters",
            Answer::Parameters,
            &arn(name),
            json!({"Parameters": [parameter]}),
        ));
        let tags = json!({"TagList": [{"Key": "name", "Value": name}]});
        live.answers.push(answers(
            "ssm list-tags-for-resource",
            Answer::ParameterTags,
            &arn(name),
            tags,
        ));
    }
    live.unread_shares.push(arn("/app/db/url"));
    let loaded = load(live, &[]);
    for name in ["/app/db-url", "/app/db/url"] {
        let parameter = loaded
            .inventory
            .parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .unwrap();
        let tags = &parameter.tags;
        assert_eq!(tags.list[0].value.value.to_string(), name);
        let place = loaded.sources.place(tags.origin).unwrap();
        assert_eq!(
            place.to_string(),
            format!("aws ssm list-tags-for-resource: {}", arn(name))
        );
        assert_eq!(parameter.shares.is_empty(), name == "/app/db-url");
    }
    assert!(loaded.notes.is_empty(), "{:?}", loaded.notes);
    let role = loaded
        .inventory
        .roles
        .iter()
        .find(|role| role.arn == ROLE)
        .unwrap();
    for origin in [role.origin, role.inline.list[0].statements[0].origin] {
        assert_ne!(origin, Origin::NOWHERE);
        let place = loaded.sources.place(origin).unwrap();
        assert_eq!(
            place.to_string(),
            format!("aws iam get-account-authorization-details: {ROLE}")
        );
    }
}

#[cfg(unix)]
#[test]
fn a_config_map_is_read_as_kubernetes_mounts_it() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("..2026_11_30");
    std::fs::create_dir(&data).unwrap();
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: app, namespace: dev }\n";
    std::fs::write(data.join("account.yaml"), account).unwrap();
    symlink("..2026_11_30", folder.path().join("..data")).unwrap();
    symlink("..data/account.yaml", folder.path().join("account.yaml")).unwrap();
    // A link that leads out is left alone.
    let outside = tempfile::tempdir().unwrap();
    let other = account.replace("app", "other");
    std::fs::write(outside.path().join("other.yaml"), other).unwrap();
    symlink(
        outside.path().join("other.yaml"),
        folder.path().join("other.yaml"),
    )
    .unwrap();
    let loaded = load(live(), &[folder.path().to_path_buf()]);
    assert_eq!(loaded.inventory.service_accounts.len(), 1);
}
