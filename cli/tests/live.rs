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
#[path = "live_aws/program.rs"]
mod program;
#[path = "live_aws/scenario.rs"]
mod scenario;
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
use program::{CANARY, env, run, snapshot};
use scenario::{SCENARIO, cluster, fixtures, organization, promises_alone};
use serde_json::{Value, json};
use stand_in::StandIn;
use std::{fs, path::Path, process::Command};

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
        live.place(role.inline.list[0].statements[0].origin)
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
            .contains("organizations:ListParents was denied (AccessDeniedException)"),
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
            .contains("eks:DescribePodIdentityAssociation was denied"),
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
            .all(|association| association.role.hole().is_some())
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
        let parameter = inventory
            .parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .unwrap();
        parameter.tags.list[0].value.value.to_string()
    };
    assert_eq!([tagged(0), tagged(59)], ["0", "59"]);
    let policies = inventory.secrets.iter().map(|secret| &secret.policy);
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
    assert!(key.policy.known().is_some());
    assert_eq!(key.tags.list.len(), 1);
    assert_eq!(key.grants.list.len(), 1);
    assert!(
        inventory.organization.is_none()
            && inventory
                .accounts
                .iter()
                .all(|account| account.scps.is_empty())
    );
}

#[test]
fn a_management_account_states_its_organization() {
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
            run.err.contains(&format!(
                "{action} was denied (AccessDeniedException); unknown: "
            )),
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
    assert!(none.err.contains("no AWS credentials"), "{}", none.err);
    let keys = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "canary-7f3a91"),
    ];
    let none = run(&["--live"], &keys);
    assert_eq!((none.code, none.out.as_str()), (2, ""));
    assert!(none.err.contains("no AWS region is set"), "{}", none.err);
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
    let message = "eks:ListClusters: the answer cannot be read";
    assert!(run.err.contains(message), "{}", run.err);
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
        .flat_map(|statement| statement["Action"].as_array().unwrap());
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
