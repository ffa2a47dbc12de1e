//! Saved answers of the AWS CLI: members that a query has cut, and members of another type.

use super::harness::{Mutation, Path, Reader, Step, put, shown};
use serde_json::{Value, json};

pub(crate) struct Answers(Value);

const WORLD: &str = r#"
ascp-policy: 1
include: [{ path: answers.yaml, account: shop }]
closed: all
accounts:
  shop: { id: "111122223333", region: us-east-1 }
"#;

const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

impl Answers {
    pub(crate) fn new() -> Self {
        let policy = |effect: &str, action: Value, condition: Value| json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*", "Condition": condition}]});
        let own = json!({"StringEquals": {"aws:ResourceTag/team": "pay"}});
        let read = json!([
            "secretsmanager:GetSecretValue",
            "secretsmanager:DescribeSecret"
        ]);
        let arn = |name: &str| format!("arn:aws:iam::111122223333:{name}");
        let secret = |name: &str, team: &str| {
            json!({
                "ARN": format!("arn:aws:secretsmanager:us-east-1:111122223333:secret:{name}-AbCdEf"), "Name": name,
                "Tags": [{"Key": "team", "Value": team}], "VersionIdsToStages": {"0f0e0d0c-0b0a-4908-8706-050403020100": ["AWSCURRENT"]},
            })
        };
        let managed = |name: &str, document: Value| json!({"Arn": arn(&format!("policy/{name}")), "PolicyName": name, "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]});
        Self(json!([
            {"RoleDetailList": [{
                "RoleName": "reader", "Arn": arn("role/reader"), "RoleId": "AROAEXAMPLEEXAMPLE123", "Path": "/",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]},
                "RolePolicyList": [{"PolicyName": "read", "PolicyDocument": policy("Allow", read, own)}],
                "AttachedManagedPolicies": [{"PolicyName": "parameters", "PolicyArn": arn("policy/parameters")}],
                "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/limit")},
            }], "Policies": [
                managed("parameters", policy("Allow", json!("ssm:GetParameters"), json!({}))),
                managed("limit", policy("Allow", json!(["secretsmanager:*", "ssm:*"]), json!({}))),
            ]},
            {"cluster": {"name": "prod", "arn": "arn:aws:eks:us-east-1:111122223333:cluster/prod"}},
            {"association": {"clusterName": "prod", "namespace": "pay", "serviceAccount": "api", "roleArn": arn("role/reader"),
                "associationArn": "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/a-1"}},
            secret("pay/db", "pay"),
            secret("pay/other", "web"),
            {"ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/db-AbCdEf", "Name": "pay/db"},
            {"Parameters": [{"Name": "/pay/url", "Type": "String", "Tier": "Standard", "ARN": "arn:aws:ssm:us-east-1:111122223333:parameter/pay/url"}]},
        ]))
    }
}

fn cut(document: &mut Value, path: &Path, _: usize) {
    put(document, path, None);
}

fn null(document: &mut Value, path: &Path, _: usize) {
    put(document, path, Some(Value::Null));
}

fn map(document: &mut Value, path: &Path, _: usize) {
    put(document, path, Some(json!({})));
}

fn path(steps: &[&str]) -> Path {
    let step = |step: &&str| match step.parse() {
        Ok(number) => Step::Element(number),
        Err(_) => Step::Member((*step).to_owned()),
    };
    steps.iter().map(step).collect()
}

impl Reader for Answers {
    fn name(&self) -> &'static str {
        "answers"
    }

    fn whole(&self) -> Value {
        self.0.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec!["allow", "allow", "refuse", "allow"]
    }

    fn file(&self) -> &'static str {
        "answers.yaml"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        vec![("ascp-policy.yaml", WORLD.to_owned())]
    }

    fn text(&self, input: &Value) -> String {
        let answers = input.as_array().unwrap().iter();
        answers.map(|answer| format!("---\n{answer}\n")).collect()
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        put(document, path, value);
    }

    /// Members that AWS always returns: what is cut off them can be anything.
    fn mutations(&self) -> Vec<Mutation> {
        let deny: Value = serde_json::from_str(DENY).unwrap();
        let inline = json!({"PolicyName": "guard", "PolicyDocument": deny});
        let attached =
            json!({"PolicyName": "AWSDenyAll", "PolicyArn": "arn:aws:iam::aws:policy/AWSDenyAll"});
        let role = ["0", "RoleDetailList", "0"];
        let of_role =
            |name: &'static str, more: &[&'static str]| path(&[&role[..], &[name], more].concat());
        let at = |own: &Path| {
            let mut document = self.0.clone();
            super::harness::at(&mut document, own).cloned()
        };
        let targets: [(Path, Vec<Value>); 6] = [
            (
                of_role("RolePolicyList", &[]),
                vec![json!([inline]), json!([])],
            ),
            (of_role("RolePolicyList", &["0"]), vec![inline.clone()]),
            (
                of_role("RolePolicyList", &["0", "PolicyDocument"]),
                vec![deny],
            ),
            (
                of_role("AttachedManagedPolicies", &[]),
                vec![json!([attached]), json!([])],
            ),
            (
                of_role("AttachedManagedPolicies", &["0", "PolicyArn"]),
                vec![attached["PolicyArn"].clone()],
            ),
            (
                of_role("PermissionsBoundary", &["PermissionsBoundaryArn"]),
                vec![attached["PolicyArn"].clone()],
            ),
        ];
        let mut mutations = Vec::new();
        for (path, others) in targets {
            let mut fillings: Vec<_> = others.into_iter().map(Some).collect();
            fillings.push(at(&path));
            for (how, open) in [
                ("cut", cut as fn(&mut Value, &Path, usize)),
                ("null", null),
                ("of another type", map),
            ] {
                // An element that is cut out of a list is not missed.
                if how == "cut" && matches!(path.last(), Some(Step::Element(_))) {
                    continue;
                }
                mutations.push(Mutation {
                    what: format!("{} {how}", shown(&path)),
                    path: path.clone(),
                    open,
                    fillings: fillings.clone(),
                });
            }
        }
        mutations
    }
}
