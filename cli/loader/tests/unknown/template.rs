//! A CloudFormation template: values that are parameters without a value, and parts under a condition that rests on one.

use super::harness::{Mutation, Path, Reader, Step, at, below, put, shown};
use serde_json::{Value, json};

pub(crate) struct Template(Value);

const WORLD: &str = r#"
ascp-policy: 1
include: [{ path: template.json, account: shop }]
closed: all
accounts:
  shop: { id: "111122223333", region: us-east-1 }
"#;

impl Template {
    pub(crate) fn new() -> Self {
        let tags =
            |team: &str| json!([{"Key": "team", "Value": team}, {"Key": "stage", "Value": "live"}]);
        let statement = |effect: &str, action: Value, resource: &str, condition: Value| json!({"Effect": effect, "Action": action, "Resource": resource, "Condition": condition});
        let document =
            |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
        let read = json!([
            "secretsmanager:GetSecretValue",
            "secretsmanager:DescribeSecret"
        ]);
        let own = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/kubernetes-namespace}"}});
        Self(json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": {
                "Cluster": {"Type": "AWS::EKS::Cluster", "Properties": {"Name": "prod"}},
                "Key": {"Type": "AWS::KMS::Key", "Properties": {
                    "Enabled": true,
                    "KeyPolicy": document(json!([{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}])),
                    "Tags": tags("pay")}},
                "KeyAlias": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/pay", "TargetKeyId": {"Ref": "Key"}}},
                "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "pay/db", "KmsKeyId": {"Ref": "Key"}, "Tags": tags("pay")}},
                "Other": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "pay/other", "KmsKeyId": "alias/pay", "Tags": tags("web")}},
                "SecretPolicy": {"Type": "AWS::SecretsManager::ResourcePolicy", "Properties": {"SecretId": {"Ref": "Secret"},
                    "ResourcePolicy": document(json!([{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*",
                        "Condition": {"StringNotEquals": {"aws:PrincipalTag/kubernetes-namespace": "pay"}}}]))}},
                "Url": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/pay/url", "Type": "String", "Tier": "Standard", "Tags": {"team": "pay"}}},
                "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "decrypt",
                    "PolicyDocument": document(json!([statement("Allow", json!("kms:Decrypt"), "*", json!({"StringLike": {"kms:ViaService": "secretsmanager.*"}}))]))}},
                "Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "limit",
                    "PolicyDocument": document(json!([statement("Allow", json!(["secretsmanager:*", "kms:*", "ssm:*"]), "*", json!({}))]))}},
                "Reader": {"Type": "AWS::IAM::Role", "Properties": {
                    "RoleName": "reader", "Path": "/pods/",
                    "AssumeRolePolicyDocument": document(json!([{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
                        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}])),
                    "Policies": [{"PolicyName": "read", "PolicyDocument": document(json!([
                        statement("Allow", read.clone(), "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/*", own.clone()),
                        statement("Allow", json!("ssm:GetParameters"), "arn:aws:ssm:us-east-1:111122223333:parameter/pay/*", own)]))}],
                    "ManagedPolicyArns": [{"Ref": "Managed"}],
                    "PermissionsBoundary": {"Ref": "Limit"},
                    "Tags": tags("pay")}},
                "Guard": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "guard", "Roles": [{"Ref": "Reader"}],
                    "PolicyDocument": document(json!([
                        statement("Deny", json!("*"), "*", json!({"StringNotEquals": {"aws:PrincipalTag/stage": "live"}})),
                        statement("Deny", json!("*"), "*", json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team/*"}}))]))}},
                "Association": {"Type": "AWS::EKS::PodIdentityAssociation", "Properties": {"ClusterName": {"Ref": "Cluster"}, "Namespace": "pay", "ServiceAccount": "api",
                    "RoleArn": {"Fn::GetAtt": ["Reader", "Arn"]}, "DisableSessionTags": false}},
            }
        }))
    }
}

/// What a text may be filled with, beside itself.
const TEXTS: [&str; 8] = [
    "pay",
    "web",
    "*",
    "true",
    "false",
    "/team/",
    "live",
    "arn:aws:iam::aws:policy/AWSDenyAll",
];

fn parameter(document: &mut Value, path: &Path, number: usize) {
    let name = format!("P{number}");
    document["Parameters"][&name] = json!({"Type": "String"});
    put(document, path, Some(json!({"Ref": name})));
}

fn perhaps(document: &mut Value, path: &Path, number: usize) {
    let (parameter, condition) = (format!("P{number}"), format!("C{number}"));
    document["Parameters"][&parameter] = json!({"Type": "String"});
    document["Conditions"][&condition] = json!({"Fn::Equals": [{"Ref": parameter}, "yes"]});
    let Some(value) = at(document, path).cloned() else {
        return;
    };
    let perhaps = json!({"Fn::If": [condition, value, {"Ref": "AWS::NoValue"}]});
    put(document, path, Some(perhaps));
}

fn condition(document: &mut Value, path: &Path, number: usize) {
    let (parameter, condition) = (format!("P{number}"), format!("C{number}"));
    document["Parameters"][&parameter] = json!({"Type": "String"});
    document["Conditions"][&condition] = json!({"Fn::Equals": [{"Ref": parameter}, "yes"]});
    if let Some(resource) = at(document, path) {
        resource["Condition"] = json!(condition);
    }
}

impl Reader for Template {
    fn name(&self) -> &'static str {
        "template"
    }

    fn whole(&self) -> Value {
        self.0.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec!["allow", "allow", "refuse", "allow"]
    }

    fn file(&self) -> &'static str {
        "template.json"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        vec![("ascp-policy.yaml", WORLD.to_owned())]
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        put(document, path, value);
    }

    fn mutations(&self) -> Vec<Mutation> {
        let mut mutations = Vec::new();
        let resources = self.0["Resources"].as_object().unwrap();
        for (id, resource) in resources {
            let path: Path = vec![Step::Member("Resources".into()), Step::Member(id.clone())];
            mutations.push(Mutation {
                what: format!("{id} under a condition"),
                path: path.clone(),
                open: condition,
                fillings: vec![Some(resource.clone()), None],
            });
            let properties = [path.as_slice(), &[Step::Member("Properties".into())]].concat();
            let mut values = Vec::new();
            below(&resource["Properties"], &properties, &mut values);
            for (path, value) in values {
                let is_function = path.iter().any(|step| {
                    matches!(step, Step::Member(name) if name == "Ref" || name.starts_with("Fn::"))
                });
                if is_function {
                    continue;
                }
                mutations.push(Mutation {
                    what: format!("{} under Fn::If", shown(&path)),
                    path: path.clone(),
                    open: perhaps,
                    fillings: vec![Some(value.clone()), None],
                });
                if !value.is_array() {
                    let mut fillings: Vec<_> = TEXTS.iter().map(|text| Some(json!(text))).collect();
                    if !value.is_object() || value.get("Ref").is_some() {
                        fillings.push(Some(value));
                    }
                    mutations.push(Mutation {
                        what: format!("{} a parameter", shown(&path)),
                        path,
                        open: parameter,
                        fillings,
                    });
                }
            }
        }
        mutations
    }
}
