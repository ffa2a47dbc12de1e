//! A Terraform plan: values that are known after apply.

use super::harness::{Mutation, Path, Reader, Step, below, put, shown};
use serde_json::{Value, json};

pub(crate) struct Plan(Value);

const WORLD: &str = r#"
ascp-policy: 1
include: [{ path: plan.json, account: shop }]
closed: all
accounts:
  shop: { id: "111122223333", region: us-east-1 }
"#;

pub(crate) const KEY: &str =
    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The resources of the scenario: type, name and values.
pub(crate) fn resources() -> Vec<(&'static str, &'static str, Value)> {
    let statement = |effect: &str, action: Value, resource: &str, condition: Value| json!({"Effect": effect, "Action": action, "Resource": resource, "Condition": condition});
    let document =
        |statements: Value| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let read = json!([
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret"
    ]);
    let own = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/kubernetes-namespace}"}});
    vec![
        ("aws_eks_cluster", "this", json!({"name": "prod"})),
        (
            "aws_kms_key",
            "k",
            json!({"arn": KEY, "key_id": KEY.rsplit('/').next(), "is_enabled": true, "tags": {"team": "pay"}, "tags_all": {"team": "pay"}}),
        ),
        (
            "aws_kms_key_policy",
            "k",
            json!({"key_id": KEY.rsplit('/').next(), "policy":
                document(json!([{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]))}),
        ),
        (
            "aws_kms_alias",
            "k",
            json!({"name": "alias/pay", "target_key_id": KEY.rsplit('/').next()}),
        ),
        (
            "aws_kms_grant",
            "k",
            json!({"key_id": KEY.rsplit('/').next(), "grantee_principal": "arn:aws:iam::111122223333:role/else", "operations": ["Decrypt"]}),
        ),
        (
            "aws_secretsmanager_secret",
            "db",
            json!({"name": "pay/db", "kms_key_id": KEY, "tags": {"team": "pay"}, "tags_all": {"team": "pay"}, "replica": [{"region": "eu-west-1", "kms_key_id": KEY}]}),
        ),
        (
            "aws_secretsmanager_secret",
            "other",
            json!({"name": "pay/other", "kms_key_id": "alias/pay", "tags": {"team": "web"}, "tags_all": {"team": "web"}}),
        ),
        (
            "aws_secretsmanager_secret_policy",
            "db",
            json!({"secret_arn": "pay/db", "policy": document(json!([{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:PrincipalTag/kubernetes-namespace": "pay"}}}]))}),
        ),
        (
            "aws_secretsmanager_tag",
            "db",
            json!({"secret_id": "pay/db", "key": "stage", "value": "live"}),
        ),
        (
            "aws_ssm_parameter",
            "url",
            json!({"name": "/pay/url", "type": "SecureString", "tier": "Standard", "key_id": KEY, "tags": {"team": "pay"}, "tags_all": {"team": "pay"}}),
        ),
        (
            "aws_iam_policy",
            "limit",
            json!({"name": "limit", "arn": "arn:aws:iam::111122223333:policy/limit",
                "policy": document(json!([statement("Allow", json!(["secretsmanager:*", "kms:*", "ssm:*"]), "*", json!({}))]))}),
        ),
        (
            "aws_iam_policy",
            "decrypt",
            json!({"name": "decrypt", "arn": "arn:aws:iam::111122223333:policy/decrypt",
                "policy": document(json!([statement("Allow", json!("kms:Decrypt"), "*", json!({}))]))}),
        ),
        (
            "aws_iam_role",
            "reader",
            json!({"name": "reader", "path": "/pods/", "permissions_boundary": "arn:aws:iam::111122223333:policy/limit",
                "assume_role_policy": document(json!([{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}])),
                "inline_policy": [{"name": "read", "policy": document(json!([statement("Allow", read, "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/*", own.clone())]))}],
                "tags": {"stage": "live"}, "tags_all": {"stage": "live"}}),
        ),
        (
            "aws_iam_role_policy",
            "more",
            json!({"role": "reader", "name": "more", "policy": document(json!([
                statement("Allow", json!("ssm:GetParameters"), "arn:aws:ssm:us-east-1:111122223333:parameter/pay/*", own),
                statement("Deny", json!("*"), "*", json!({"StringNotEquals": {"aws:PrincipalTag/stage": "live"}})),
                statement("Deny", json!("*"), "*", json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team/*"}}))]))}),
        ),
        (
            "aws_iam_role_policy_attachment",
            "decrypt",
            json!({"role": "reader", "policy_arn": "arn:aws:iam::111122223333:policy/decrypt"}),
        ),
        (
            "aws_eks_pod_identity_association",
            "api",
            json!({"cluster_name": "prod", "namespace": "pay", "service_account": "api",
                "role_arn": "arn:aws:iam::111122223333:role/pods/reader", "disable_session_tags": false}),
        ),
    ]
}

impl Plan {
    pub(crate) fn new() -> Self {
        let resources = resources();
        let described = |kind: &str, name: &str| json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "provider_name": "registry.terraform.io/hashicorp/aws"});
        let planned = resources.iter().map(|(kind, name, values)| {
            let mut resource = described(kind, name);
            resource["values"] = values.clone();
            resource
        });
        let changes = resources.iter().map(|(kind, name, _)| {
            let mut change = described(kind, name);
            change["change"] = json!({"actions": ["create"], "after_unknown": {}});
            change
        });
        // Without a configuration nothing tells what an unknown value refers to.
        Self(json!({
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": planned.collect::<Vec<_>>()}},
            "resource_changes": changes.collect::<Vec<_>>(),
        }))
    }
}

const TEXTS: [&str; 8] = [
    "pay",
    "web",
    "live",
    "reader",
    "/team/",
    "SecureString",
    "arn:aws:iam::aws:policy/AWSDenyAll",
    "arn:aws:iam::111122223333:role/pods/reader",
];

/// Marks a value as known after apply, and takes it away.
fn after_apply(document: &mut Value, path: &Path, _: usize) {
    let [.., Step::Element(resource), _] = &path[..5] else {
        return;
    };
    let inside = &path[5..];
    let mark = inside
        .iter()
        .rev()
        .fold(json!(true), |mark, step| match step {
            Step::Member(name) => json!({name: mark}),
            Step::Element(at) => {
                let mut items = vec![json!({}); *at];
                items.push(mark);
                json!(items)
            }
        });
    let unknown = &mut document["resource_changes"][*resource]["change"]["after_unknown"];
    merge(unknown, mark);
    let gone = matches!(path.last(), Some(Step::Element(_))).then_some(Value::Null);
    put(document, path, gone);
}

/// Marks each attribute as known after apply: Terraform leaves out the values then.
fn nothing_known(document: &mut Value, path: &Path, _: usize) {
    let Some(Step::Element(resource)) = path.get(3) else {
        return;
    };
    let Some(Value::Object(values)) = super::harness::at(document, path).cloned() else {
        return;
    };
    let marks: Value = values
        .keys()
        .map(|name| (name.clone(), json!(true)))
        .collect();
    document["resource_changes"][*resource]["change"]["after_unknown"] = marks;
    put(document, path, None);
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (name, value) in more {
                merge(into.entry(name).or_insert(json!({})), value);
            }
        }
        (Value::Array(into), Value::Array(more)) => {
            for (at, value) in more.into_iter().enumerate() {
                match into.get_mut(at) {
                    Some(known) => merge(known, value),
                    None => into.push(value),
                }
            }
        }
        (into, more) if *into == json!({}) => *into = more,
        _ => {}
    }
}

impl Reader for Plan {
    fn name(&self) -> &'static str {
        "plan"
    }

    fn whole(&self) -> Value {
        self.0.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec!["allow", "allow", "refuse", "allow"]
    }

    fn file(&self) -> &'static str {
        "plan.json"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        vec![("ascp-policy.yaml", WORLD.to_owned())]
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        put(document, path, value);
    }

    fn mutations(&self) -> Vec<Mutation> {
        let step = |name: &str| Step::Member(name.to_owned());
        let resources = &self.0["planned_values"]["root_module"]["resources"];
        let mut mutations = Vec::new();
        for (at, resource) in resources.as_array().unwrap().iter().enumerate() {
            let path = vec![
                step("planned_values"),
                step("root_module"),
                step("resources"),
                Step::Element(at),
                step("values"),
            ];
            // The secret names the key, which exists already.
            if resource["type"] != "aws_kms_key" {
                mutations.push(Mutation {
                    what: resource["address"].to_string(),
                    path: path.clone(),
                    open: nothing_known,
                    fillings: vec![Some(resource["values"].clone())],
                });
            }
            let mut values = Vec::new();
            below(&resource["values"], &path, &mut values);
            for (path, value) in values {
                let name = match path.last() {
                    Some(Step::Member(name)) => name.as_str(),
                    _ => "",
                };
                // The provider's sum, and what exists already.
                if matches!(name, "tags_all" | "arn")
                    || (name == "key_id" && resource["type"] == "aws_kms_key")
                    || path.contains(&step("tags_all"))
                {
                    continue;
                }
                let mut fillings = vec![Some(value.clone()), None];
                if value.is_string() {
                    fillings.extend(TEXTS.iter().map(|text| Some(json!(text))));
                }
                if value.is_boolean() {
                    fillings.extend([Some(json!(true)), Some(json!(false))]);
                }
                mutations.push(Mutation {
                    what: format!("{} {}", resource["address"], shown(&path[5..].to_vec())),
                    path,
                    open: after_apply,
                    fillings,
                });
            }
        }
        mutations
    }
}
