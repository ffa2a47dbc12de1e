//! `snapshot --live` as people run it: the real binary against moto, and against a stand-in for what moto lacks.

#![cfg(feature = "live")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that cannot go on fails its test"
)]

#[path = "../../provider/tests/moto/environment.rs"]
mod environment;
#[path = "live_aws/moto.rs"]
mod moto;
#[path = "live_aws/stand_in.rs"]
mod stand_in;

use moto::Moto;
use policy_engine::{
    simulator::{
        Simulator,
        promises::{self, Terms},
    },
    snapshot::Snapshot,
};
use serde_json::{Value, json};
use stand_in::StandIn;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What no answer, message or file may hold.
const CANARY: &str = "canary-7f3a91";

struct Run {
    out: String,
    err: String,
    code: i32,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds/blog-single-account")
}

/// Runs the program with nothing of AWS in its environment but what is given.
fn run(arguments: &[&str], env: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ascp-policy"));
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    let empty = tempfile::tempdir().unwrap();
    let output = command
        .arg("snapshot")
        .args(arguments)
        .current_dir(empty.path())
        .env("HOME", empty.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("SOURCE_DATE_EPOCH", "1764000000")
        .envs(env.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let run = Run {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code().unwrap(),
    };
    assert!(!run.out.contains(CANARY) && !run.err.contains(CANARY));
    run
}

/// The environment of a reader of the account in moto.
fn env<'a>(moto: &'a Moto, stand_in: &'a StandIn) -> Vec<(&'static str, &'a str)> {
    vec![
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", &moto.url),
        ("AWS_ENDPOINT_URL_EKS", &stand_in.url),
        ("AWS_ENDPOINT_URL_ORGANIZATIONS", &stand_in.url),
    ]
}

fn snapshot(run: &Run) -> Snapshot {
    assert_eq!(run.code, 0, "{}", run.err);
    Snapshot::read(run.out.as_bytes()).unwrap()
}

/// What became of each promise.
fn kept(snapshot: &Snapshot) -> Vec<(String, String, Option<bool>)> {
    let simulator = Simulator::new(&snapshot.inventory);
    let kept = promises::stated(&simulator, &snapshot.promises, Terms::default()).unwrap();
    kept.map(|kept| {
        let pod = kept
            .pod
            .as_ref()
            .map(|pod| format!("{}/{}", pod.namespace, pod.service_account));
        let object = kept
            .object
            .map(|object| object.name().to_owned())
            .unwrap_or_default();
        (
            pod.unwrap_or_default(),
            format!("{} {object}", kept.ask),
            kept.held,
        )
    })
    .collect()
}

/// What became of the promises of pods to read: that they can and cannot, of one pod and the other.
fn reads(snapshot: &Snapshot) -> Vec<Option<bool>> {
    let kept = kept(snapshot).into_iter().take(6);
    kept.filter(|(_, ask, _)| ask.starts_with("read "))
        .map(|(.., held)| held)
        .collect()
}

/// The manifests of the scenario with its promises, and nothing of AWS.
fn promises_alone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let world = fs::read_to_string(fixtures().join("ascp-policy.yaml")).unwrap();
    let (_, promises) = world.split_once("expect:").unwrap();
    let text = format!(
        "ascp-policy: 1\ninclude:\n  - {{ path: k8s/, cluster: prod }}\n\nexpect:{promises}"
    );
    fs::write(folder.path().join("ascp-policy.yaml"), text).unwrap();
    fs::create_dir(folder.path().join("k8s")).unwrap();
    for entry in fs::read_dir(fixtures().join("k8s"))
        .unwrap()
        .map(Result::unwrap)
    {
        fs::copy(
            entry.path(),
            folder.path().join("k8s").join(entry.file_name()),
        )
        .unwrap();
    }
    folder
}

/// The scenario's organization, with further SCPs on the account's unit.
fn organization(stand_in: &StandIn, scps: &[(&str, &Value)]) {
    let policy = |id: &str| json!({"Id": id, "Arn": format!("arn:aws:organizations::999988887777:policy/o-a1b2c3d4e5/service_control_policy/{id}"), "Name": id, "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": id == "p-FullAWSAccess"});
    let answer = |operation: &str, id: &str, answer: Value| {
        stand_in.set(
            &format!("AWSOrganizationsV20161128.{operation} {id}"),
            answer,
        );
    };
    let full = json!({"Policies": [policy("p-FullAWSAccess")]});
    answer(
        "DescribeOrganization",
        "",
        json!({"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": "999988887777", "FeatureSet": "ALL"}}),
    );
    answer(
        "ListRoots",
        "",
        json!({"Roots": [{"Id": "r-ab12", "Name": "Root", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]}),
    );
    answer(
        "ListParents",
        "111122223333",
        json!({"Parents": [{"Id": "ou-ab12-teams", "Type": "ORGANIZATIONAL_UNIT"}]}),
    );
    answer(
        "ListParents",
        "ou-ab12-teams",
        json!({"Parents": [{"Id": "r-ab12", "Type": "ROOT"}]}),
    );
    answer("ListPoliciesForTarget", "r-ab12", full.clone());
    answer("ListPoliciesForTarget", "111122223333", full);
    let attached = std::iter::once("p-FullAWSAccess").chain(scps.iter().map(|(id, _)| *id));
    answer(
        "ListPoliciesForTarget",
        "ou-ab12-teams",
        json!({"Policies": attached.map(policy).collect::<Value>()}),
    );
    for (id, content) in scps {
        answer(
            "DescribePolicy",
            id,
            json!({"Policy": {"PolicySummary": policy(id), "Content": content.to_string()}}),
        );
    }
}

/// The scenario's cluster with its associations, in two pages.
fn cluster(stand_in: &StandIn) {
    let file = |name: &str| -> Value {
        let text = fs::read(fixtures().join("aws").join(name)).unwrap();
        let mut answer: Value = serde_json::from_slice(&text).unwrap();
        // The CLI prints times in its own form.
        for body in answer.as_object_mut().unwrap().values_mut() {
            for time in ["createdAt", "modifiedAt"] {
                body.as_object_mut().unwrap().remove(time);
            }
        }
        answer
    };
    stand_in.set("GET /clusters", json!({"clusters": ["prod"]}));
    stand_in.set("GET /clusters/prod", file("cluster.json"));
    let path = "GET /clusters/prod/pod-identity-associations";
    let associations = ["association.dev-app.json", "association.qa-app.json"].map(file);
    for (at, association) in associations.iter().enumerate() {
        let association = &association["association"];
        let id = association["associationId"].as_str().unwrap();
        stand_in.set(&format!("{path}/{id}"), json!({"association": association}));
        let summary = [
            "associationArn",
            "associationId",
            "clusterName",
            "namespace",
            "serviceAccount",
        ]
        .map(|name| (name.to_owned(), association[name].clone()));
        let page = json!({"associations": [Value::from_iter(summary)], "nextToken": (at == 0).then_some("more")});
        stand_in.set(
            &format!("{path}{}", if at == 0 { "" } else { "?nextToken=more" }),
            page,
        );
    }
}

/// The scenario, made by calls of boto.
const SCENARIO: &str = r"
import os
folder = os.environ['SCENARIO']
read = lambda name: json.load(open(folder + '/' + name))
details = read('account-authorization-details.json')
iam = client('iam')
for policy in details['Policies']:
    document = policy['PolicyVersionList'][0]['Document']
    iam.create_policy(PolicyName=policy['PolicyName'], PolicyDocument=json.dumps(document))
for role in details['RoleDetailList']:
    iam.create_role(RoleName=role['RoleName'], AssumeRolePolicyDocument=json.dumps(role['AssumeRolePolicyDocument']),
        PermissionsBoundary=role['PermissionsBoundary']['PermissionsBoundaryArn'])
    for policy in role['RolePolicyList']:
        iam.put_role_policy(RoleName=role['RoleName'], PolicyName=policy['PolicyName'], PolicyDocument=json.dumps(policy['PolicyDocument']))
for name in ['secret.dev-db.json', 'secret.qa-db.json']:
    secret = read(name)
    client('secretsmanager').create_secret(Name=secret['Name'], SecretString='canary-7f3a91', Tags=secret['Tags'])
";

#[test]
fn the_scenario_answers_promises_as_its_files_do() {
    let moto = Moto::start(&[]);
    moto.boto(
        SCENARIO,
        &[("SCENARIO", fixtures().join("aws").to_str().unwrap())],
    );
    let stand_in = StandIn::start();
    cluster(&stand_in);
    let guard = fs::read(fixtures().join("policies/scp-guard.json")).unwrap();
    let guard: Value = serde_json::from_slice(&guard).unwrap();
    organization(&stand_in, &[("p-guard", &guard)]);
    let folder = promises_alone();
    let path = folder.path().to_str().unwrap();
    let live = run(&["--live", path], &env(&moto, &stand_in));
    let files = run(&[fixtures().to_str().unwrap()], &[]);
    let (live, files) = (snapshot(&live), snapshot(&files));
    let promises = kept(&live);
    assert_eq!(promises, kept(&files));
    assert_eq!(promises.len(), 8);
    assert!(promises.iter().all(|(.., held)| *held == Some(true)));

    // Places are told by ARNs: there is no file with such a line.
    let role = live
        .inventory
        .roles
        .iter()
        .find(|role| role.arn.ends_with("role/pod-reader"))
        .unwrap();
    assert_eq!(
        live.place(role.inline[0].statements[0].origin)
            .unwrap()
            .to_string(),
        "aws iam get-account-authorization-details: arn:aws:iam::111122223333:role/pod-reader"
    );
    let organization = live.inventory.organization.as_ref().unwrap();
    assert_eq!(organization.id, "o-a1b2c3d4e5");
    assert_eq!(organization.root.units[0].accounts, ["111122223333"]);

    // The same account, the same bytes; and without a path, the account alone.
    let again = run(&["--live", path], &env(&moto, &stand_in));
    assert_eq!(
        Snapshot::read(again.out.as_bytes())
            .unwrap()
            .to_json()
            .unwrap(),
        live.to_json().unwrap()
    );
    let alone = snapshot(&run(
        &["--live", "--cluster", "prod"],
        &env(&moto, &stand_in),
    ));
    assert_eq!(alone.inventory.associations.len(), 2);
    assert_eq!(alone.inventory.roles.len(), 1);
    assert!(alone.inventory.workloads.is_empty());

    // An SCP that denies.
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}]});
    self::organization(&stand_in, &[("p-guard", &guard), ("p-deny", &deny)]);
    let denied = snapshot(&run(&["--live", path], &env(&moto, &stand_in)));
    assert_eq!(
        reads(&denied),
        [Some(false), Some(true), Some(false), Some(true)]
    );

    // An organization that tells a member nothing: what AWS refuses for other reasons stays refused, the rest is undecided.
    stand_in.refuse("AWSOrganizationsV20161128.ListParents");
    let refused = run(&["--live", path], &env(&moto, &stand_in));
    assert!(
        refused
            .err
            .contains("organizations:ListParents is refused (AccessDeniedException)"),
        "{}",
        refused.err
    );
    let refused = snapshot(&refused);
    assert_eq!(reads(&refused), [None, Some(true), None, Some(true)]);

    // An association whose description is refused is there, without its role.
    stand_in.refuse("GET /clusters/prod/pod-identity-associations/");
    let run = run(&["--live"], &env(&moto, &stand_in));
    assert!(
        run.err
            .contains("eks:DescribePodIdentityAssociation is refused"),
        "{}",
        run.err
    );
    let snapshot = snapshot(&run);
    assert_eq!(snapshot.inventory.associations.len(), 2);
    assert!(
        snapshot
            .inventory
            .associations
            .iter()
            .all(|one| one.role.is_none())
    );
}

#[test]
fn everything_of_a_page_and_of_the_next_is_read_and_no_value() {
    let moto = Moto::start(&[]);
    moto.boto(
        r"
sm, ssm, kms, iam = client('secretsmanager'), client('ssm'), client('kms'), client('iam')
key = kms.create_key(Tags=[{'TagKey': 'team', 'TagValue': 'a'}])['KeyMetadata']['KeyId']
kms.create_alias(AliasName='alias/app', TargetKeyId=key)
kms.create_grant(KeyId=key, GranteePrincipal='arn:aws:iam::111122223333:role/r-0', Operations=['Decrypt'])
for at in range(120):
    sm.create_secret(Name=f's-{at}', SecretString='canary-7f3a91', KmsKeyId='alias/app')
sm.put_resource_policy(SecretId='s-0', ResourcePolicy=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Principal': '*', 'Action': 'secretsmanager:GetSecretValue', 'Resource': '*'}]}))
for at in range(60):
    ssm.put_parameter(Name=f'/app/p-{at}', Value='canary-7f3a91', Type='SecureString', KeyId='alias/app', Description='canary-7f3a91', Tags=[{'Key': 'at', 'Value': str(at)}])
trust = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'pods.eks.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]})
for at in range(120):
    iam.create_role(RoleName=f'r-{at}', AssumeRolePolicyDocument=trust)
",
        &[],
    );
    let stand_in = StandIn::start();
    stand_in.set("GET /clusters", json!({"clusters": []}));
    stand_in.set(
        "AWSOrganizationsV20161128.DescribeOrganization ",
        json!({"status": 400, "__type": "AWSOrganizationsNotInUseException"}),
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    let run = run(
        &["--live", "--out", file.to_str().unwrap()],
        &env(&moto, &stand_in),
    );
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.err.contains("refused"), "{}", run.err);
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains(CANARY));
    let inventory = Snapshot::read(text.as_bytes()).unwrap().inventory;
    assert_eq!(inventory.secrets.len(), 120);
    assert_eq!(inventory.parameters.len(), 60);
    assert_eq!(inventory.roles.len(), 120);
    let tagged = |at: usize| {
        let name = format!("/app/p-{at}");
        let found = inventory
            .parameters
            .iter()
            .find(|one| one.name == name)
            .unwrap();
        found.tags.as_ref().unwrap().value[0]
            .value
            .value
            .to_string()
    };
    assert_eq!([tagged(0), tagged(59)], ["0", "59"]);
    let policies = inventory.secrets.iter().map(|one| &one.policy);
    let known = policies.filter(|policy| {
        matches!(
            policy,
            policy_engine::inventory::ResourcePolicy::Document(_)
        )
    });
    assert_eq!(known.count(), 1);
    let key = inventory
        .keys
        .iter()
        .find(|key| key.aliases == ["alias/app"])
        .unwrap();
    assert!(key.policy.is_some());
    assert_eq!(key.tags.as_ref().map(|tags| tags.value.len()), Some(1));
    assert_eq!(key.grants.len(), 1);
    assert!(
        inventory.organization.is_none()
            && inventory.accounts.iter().all(|one| one.scps.is_empty())
    );
}

#[test]
fn a_management_account_tells_its_organization() {
    let moto = Moto::start(&[]);
    moto.boto(
        r"
org, iam = client('organizations'), client('iam')
org.create_organization(FeatureSet='ALL')
root = org.list_roots()['Roots'][0]['Id']
org.enable_policy_type(RootId=root, PolicyType='SERVICE_CONTROL_POLICY')
content = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': 's3:*', 'Resource': '*'}]}
policy = org.create_policy(Name='guard', Description='d', Type='SERVICE_CONTROL_POLICY', Content=json.dumps(content))
org.attach_policy(PolicyId=policy['Policy']['PolicySummary']['Id'], TargetId=root)
",
        &[],
    );
    let stand_in = StandIn::start();
    stand_in.set("GET /clusters", json!({"clusters": []}));
    let env = env(&moto, &stand_in);
    let env: Vec<_> = env
        .into_iter()
        .filter(|(name, _)| !name.ends_with("ORGANIZATIONS"))
        .collect();
    let snapshot = snapshot(&run(&["--live"], &env));
    let organization = snapshot.inventory.organization.unwrap();
    assert_eq!(organization.management.as_deref(), Some("111122223333"));
    assert_eq!(organization.root.scps.len(), 1);
    assert!(organization.root.full_access);
    assert_eq!(organization.root.accounts, ["111122223333"]);
}

#[test]
fn a_service_that_refuses_everything_is_named_and_unknown() {
    let moto = Moto::start(&[]);
    moto.boto(
        "key = client('kms').create_key()['KeyMetadata']['KeyId']\n\
         client('secretsmanager').create_secret(Name='db', SecretString='canary-7f3a91', KmsKeyId=key)",
        &[],
    );
    let stand_in = StandIn::start();
    for service in ["TrentService.", "AWSOrganizationsV20161128.", "GET /"] {
        stand_in.refuse(service);
    }
    let mut env = env(&moto, &stand_in);
    env.push(("AWS_ENDPOINT_URL_KMS", &stand_in.url));
    let run = run(&["--live"], &env);
    for action in [
        "kms:ListKeys",
        "kms:ListAliases",
        "organizations:DescribeOrganization",
        "eks:ListClusters",
    ] {
        assert!(
            run.err
                .contains(&format!("{action} is refused (AccessDeniedException): ")),
            "{action}: {}",
            run.err
        );
    }
    let inventory = snapshot(&run).inventory;
    assert_eq!(inventory.secrets.len(), 1);
    assert!(inventory.keys.is_empty());
    let account = inventory.account("111122223333").unwrap();
    assert_eq!((account.scps.len(), account.rcps.len()), (1, 1));
}

#[test]
fn without_credentials_region_or_answers_nothing_is_written() {
    let region = ("AWS_REGION", "us-east-1");
    let none = run(&["--live"], &[region]);
    assert_eq!((none.code, none.out.as_str()), (2, ""));
    assert!(
        none.err.contains("no AWS credentials were found"),
        "{}",
        none.err
    );
    let keys = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "canary-7f3a91"),
    ];
    let none = run(&["--live"], &keys);
    assert_eq!((none.code, none.out.as_str()), (2, ""));
    assert!(none.err.contains("no AWS region is known"), "{}", none.err);
    // Half of an account is none.
    let stand_in = StandIn::start();
    let url = ("AWS_ENDPOINT_URL", stand_in.url.as_str());
    let broken = run(&["--live"], &[region, keys[0], keys[1], url]);
    assert_eq!(
        (broken.code, broken.out.as_str()),
        (2, ""),
        "{}",
        broken.err
    );
    assert!(
        broken.err.contains("sts:GetCallerIdentity"),
        "{}",
        broken.err
    );
}

#[test]
fn credentials_are_those_of_a_profile_or_of_the_pod() {
    let moto = Moto::start(&[]);
    let stand_in = StandIn::start();
    stand_in.set("GET /clusters", json!({"clusters": []}));
    stand_in.refuse("AWSOrganizationsV20161128.");
    let endpoints = |env: Vec<(&'static str, String)>| {
        let all = self::env(&moto, &stand_in);
        let urls = all.into_iter().filter(|(name, _)| name.contains("URL"));
        urls.map(|(name, url)| (name, url.to_owned()))
            .chain(env)
            .collect::<Vec<_>>()
    };
    let run = |arguments: &[&str], env: &[(&str, String)]| {
        let env: Vec<_> = env
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        run(arguments, &env)
    };
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let text = format!(
        "[profile dev]\nregion = eu-west-1\naws_access_key_id = test\naws_secret_access_key = {CANARY}\n"
    );
    fs::write(&config, text).unwrap();
    let env = endpoints(vec![("AWS_CONFIG_FILE", config.display().to_string())]);
    let of_profile = run(&["--live", "--profile", "dev"], &env);
    let keys = snapshot(&of_profile).inventory.keys;
    assert!(!keys.is_empty() && keys.iter().all(|key| key.region == "eu-west-1"));

    // As EKS Pod Identity gives them to the job of the provider.
    let token = folder.path().join("token");
    fs::write(&token, CANARY).unwrap();
    stand_in.set(
        "GET /v1/credentials",
        json!({"AccessKeyId": "test", "SecretAccessKey": CANARY, "Token": CANARY, "Expiration": "2099-01-01T00:00:00Z"}),
    );
    let env = endpoints(vec![
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{}/v1/credentials", stand_in.url),
        ),
        (
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            token.display().to_string(),
        ),
    ]);
    let of_pod = run(&["--live", "--region", "eu-central-1"], &env);
    let keys = snapshot(&of_pod).inventory.keys;
    assert!(!keys.is_empty() && keys.iter().all(|key| key.region == "eu-central-1"));
}

#[test]
fn an_answer_that_cannot_be_read_is_not_printed() {
    let moto = Moto::start(&[]);
    let stand_in = StandIn::start();
    stand_in.set("GET /clusters", json!({"clusters": CANARY}));
    stand_in.refuse("AWSOrganizationsV20161128.");
    let run = run(&["--live"], &env(&moto, &stand_in));
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    let told = "eks:ListClusters: the answer cannot be read";
    assert!(run.err.contains(told), "{}", run.err);
}

#[test]
fn the_documented_policy_is_what_is_asked_for_and_passes_check() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/inputs.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let policy: Value = serde_json::from_str(text).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements
        .iter()
        .flat_map(|one| one["Action"].as_array().unwrap());
    let mut actions: Vec<_> = actions.map(|action| action.as_str().unwrap()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ascp_policy::live::actions());
    assert!(
        actions
            .iter()
            .all(|action| !action.ends_with("Value") && !action.contains(":GetParameter"))
    );

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.json"), text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ascp-policy"))
        .args(["check", "policy.json", "--output", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["findings"], json!([]));
    assert_eq!(output.status.code(), Some(0));
}
