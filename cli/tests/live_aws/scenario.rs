//! The scenario of one account in moto and in the stand-in, made from its files.

use super::stand_in::StandIn;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The scenario of one account, as files.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds/blog-single-account")
}

/// The manifests of the scenario with its promises, and nothing of AWS.
pub(crate) fn promises_alone() -> tempfile::TempDir {
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
pub(crate) fn organization(stand_in: &StandIn, scps: &[(&str, &Value)]) {
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
pub(crate) fn cluster(stand_in: &StandIn) {
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
pub(crate) const SCENARIO: &str = r"
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
