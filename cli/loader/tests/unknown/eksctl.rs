//! A ClusterConfig of eksctl: values that are variables of `envsubst`.

use super::harness::{Mutation, Path, Reader, Step, below, put, shown};
use serde_json::{Value, json};

pub(crate) struct Config(Value);

const WORLD: &str = r#"
ascp-policy: 1
include: [{ path: cluster.json, account: shop }]
closed: all
accounts:
  shop:
    id: "111122223333"
    region: us-east-1
    policies:
      limit: [{ Effect: Allow, Action: ["secretsmanager:*", "ssm:*"], Resource: "*" }]
      deny: [{ Effect: Deny, Action: "*", Resource: "*" }]
    secrets:
      pay/db: { tags: { team: pay } }
      pay/other: { tags: { team: web } }
    parameters: { /pay/url: {} }
"#;

impl Config {
    pub(crate) fn new() -> Self {
        let own = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}});
        Self(json!({
            "apiVersion": "eksctl.io/v1alpha5",
            "kind": "ClusterConfig",
            "metadata": {"name": "prod", "region": "us-east-1"},
            "iam": {"podIdentityAssociations": [{
                "namespace": "pay",
                "serviceAccountName": "api",
                "roleName": "reader",
                "permissionsBoundaryARN": "arn:aws:iam::111122223333:policy/limit",
                "tags": {"team": "pay"},
                "permissionPolicy": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "*", "Condition": own},
                    {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/pay/*"},
                ]},
            }]},
        }))
    }
}

const TEXTS: [&str; 7] = [
    "pay",
    "web",
    "api",
    "eu-west-1",
    "*",
    "Deny",
    "arn:aws:iam::111122223333:policy/deny",
];

fn variable(document: &mut Value, path: &Path, number: usize) {
    put(document, path, Some(json!(format!("${{P{number}}}"))));
}

fn bare(document: &mut Value, path: &Path, number: usize) {
    put(document, path, Some(json!(format!("$P_{number}"))));
}

impl Reader for Config {
    fn name(&self) -> &'static str {
        "eksctl"
    }

    fn whole(&self) -> Value {
        self.0.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec!["allow", "allow", "refuse", "allow"]
    }

    fn file(&self) -> &'static str {
        "cluster.json"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        vec![("ascp-policy.yaml", WORLD.to_owned())]
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        put(document, path, value);
    }

    fn mutations(&self) -> Vec<Mutation> {
        let mut values = Vec::new();
        below(&self.0, &Vec::new(), &mut values);
        let mut mutations = Vec::new();
        for (path, value) in values {
            let fixed = matches!(path.last(), Some(Step::Member(name)) if matches!(name.as_str(), "apiVersion" | "kind" | "Version"));
            if fixed || !value.is_string() {
                continue;
            }
            let fillings = || {
                let mut all: Vec<_> = TEXTS.iter().map(|text| Some(json!(text))).collect();
                all.push(Some(value.clone()));
                all
            };
            mutations.push(Mutation {
                what: shown(&path),
                path: path.clone(),
                open: variable,
                fillings: fillings(),
            });
            mutations.push(Mutation {
                what: format!("{} without braces", shown(&path)),
                path,
                open: bare,
                fillings: fillings(),
            });
        }
        mutations
    }
}
