//! Objects of ACK and Crossplane: values that are variables of Flux or `envsubst`, and references to objects that nobody describes.

use super::harness::{Mutation, Path, Reader, Step, below, put, shown};
use serde_json::{Value, json};
use std::collections::HashSet;

/// The objects of one controller.
pub(crate) struct Objects {
    name: &'static str,
    objects: Value,
}

const WORLD: &str = r#"
ascp-policy: 1
include: [{ path: objects.json, account: shop, cluster: prod }]
closed: all
accounts:
  shop: { id: "111122223333", region: us-east-1, clusters: { prod: {} } }
"#;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;
const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"pay"}}}]}"#;
const PARAMETERS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:GetParameters","kms:Decrypt"],"Resource":"*"}]}"#;
const LIMIT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["secretsmanager:*","ssm:*","kms:*"],"Resource":"*"}]}"#;
const GUARD: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"secretsmanager:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/kubernetes-namespace":"pay"}}}]}"#;
const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

impl Objects {
    pub(crate) fn ack() -> Self {
        let object = |group: &str, kind: &str, name: &str, spec: Value| json!({"apiVersion": format!("{group}.services.k8s.aws/v1alpha1"), "kind": kind, "metadata": {"name": name, "namespace": "ack"}, "spec": spec});
        let from = |name: &str| json!({"from": {"name": name}});
        let tags = |team: &str| json!([{"key": "team", "value": team}]);
        let items = [
            object(
                "iam",
                "Policy",
                "limit",
                json!({"name": "limit", "policyDocument": LIMIT}),
            ),
            object(
                "iam",
                "Policy",
                "parameters",
                json!({"name": "parameters", "policyDocument": PARAMETERS}),
            ),
            object(
                "iam",
                "Role",
                "reader",
                json!({"name": "pod-reader", "assumeRolePolicyDocument": TRUST,
                "inlinePolicies": {"read": READ}, "policyRefs": [from("parameters")], "permissionsBoundaryRef": from("limit"), "tags": tags("pay")}),
            ),
            object(
                "kms",
                "Key",
                "pay",
                json!({"enabled": true, "tags": [{"tagKey": "team", "tagValue": "pay"}]}),
            ),
            object(
                "secretsmanager",
                "Secret",
                "db",
                json!({"name": "pay/db", "kmsKeyRef": from("pay"), "tags": tags("pay")}),
            ),
            object(
                "secretsmanager",
                "Secret",
                "other",
                json!({"name": "pay/other", "tags": tags("web")}),
            ),
            object(
                "ssm",
                "Parameter",
                "url",
                json!({"name": "/pay/url", "type": "String", "tier": "Standard"}),
            ),
            object(
                "eks",
                "PodIdentityAssociation",
                "api",
                json!({"clusterName": "prod", "namespace": "pay", "serviceAccount": "api", "roleRef": from("reader")}),
            ),
        ];
        Self::of("ACK", &items)
    }

    pub(crate) fn crossplane() -> Self {
        let object = |group: &str, kind: &str, name: &str, provider: Value| json!({"apiVersion": format!("{group}.aws.upbound.io/v1beta1"), "kind": kind, "metadata": {"name": name, "labels": {"app": name}}, "spec": {"forProvider": provider}});
        let to = |name: &str| json!({"name": name});
        let region = "us-east-1";
        let items = [
            object("iam", "Policy", "limit", json!({"policy": LIMIT})),
            object("iam", "Policy", "parameters", json!({"policy": PARAMETERS})),
            object(
                "iam",
                "Role",
                "reader",
                json!({"assumeRolePolicy": TRUST, "inlinePolicy": [{"name": "read", "policy": READ}],
                "permissionsBoundaryRef": to("limit"), "tags": {"team": "pay"}}),
            ),
            object(
                "iam",
                "RolePolicyAttachment",
                "parameters",
                json!({"roleRef": to("reader"), "policyArnSelector": {"matchLabels": {"app": "parameters"}}}),
            ),
            object(
                "kms",
                "Key",
                "pay",
                json!({"region": region, "isEnabled": true}),
            ),
            object(
                "secretsmanager",
                "Secret",
                "db",
                json!({"region": region, "name": "pay/db", "kmsKeyIdRef": to("pay"), "tags": {"team": "pay"}}),
            ),
            object(
                "secretsmanager",
                "SecretPolicy",
                "db",
                json!({"region": region, "secretArnRef": to("db"), "policy": GUARD}),
            ),
            object(
                "secretsmanager",
                "Secret",
                "other",
                json!({"region": region, "name": "pay/other", "tags": {"team": "web"}}),
            ),
            json!({"apiVersion": "ssm.aws.upbound.io/v1beta1", "kind": "Parameter", "metadata": {"name": "url", "annotations": {"crossplane.io/external-name": "/pay/url"}},
                "spec": {"forProvider": {"region": region, "type": "String", "tier": "Standard"}}}),
            object(
                "eks",
                "PodIdentityAssociation",
                "api",
                json!({"region": region, "clusterName": "prod", "namespace": "pay", "serviceAccount": "api", "roleArnRef": to("reader")}),
            ),
        ];
        Self::of("Crossplane", &items)
    }

    fn of(name: &'static str, items: &[Value]) -> Self {
        let objects = json!({"apiVersion": "v1", "kind": "List", "items": items});
        Self { name, objects }
    }
}

const TEXTS: [&str; 7] = ["pay", "web", "reader", "api", "gone", "*", DENY];

fn variable(document: &mut Value, path: &Path, number: usize) {
    put(document, path, Some(json!(format!("${{P{number}}}"))));
}

impl Reader for Objects {
    fn name(&self) -> &'static str {
        self.name
    }

    fn whole(&self) -> Value {
        self.objects.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec!["allow", "allow", "refuse", "allow"]
    }

    fn file(&self) -> &'static str {
        "objects.json"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        vec![("ascp-policy.yaml", WORLD.to_owned())]
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        put(document, path, value);
    }

    /// IAM refuses a second policy or role of a name, as Secrets Manager a second secret:
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>, `EntityAlreadyExists`.
    fn is_possible(&self, input: &Value) -> bool {
        let mut names = HashSet::new();
        let mut objects = input["items"].as_array().into_iter().flatten();
        objects.all(|object| {
            let name = object["spec"]["name"].as_str();
            name.is_none_or(|name| names.insert((object["kind"].as_str(), name)))
        })
    }

    fn mutations(&self) -> Vec<Mutation> {
        let mut values = Vec::new();
        below(&self.objects, &Vec::new(), &mut values);
        let mut mutations = Vec::new();
        for (path, value) in values {
            let fixed = matches!(path.last(), Some(Step::Member(name)) if name == "apiVersion" || name == "kind");
            if fixed || !value.is_string() {
                continue;
            }
            let mut fillings: Vec<_> = TEXTS.iter().map(|text| Some(json!(text))).collect();
            fillings.push(Some(value.clone()));
            mutations.push(Mutation {
                what: format!(
                    "{} {}",
                    self.objects["items"][item(&path)]["kind"],
                    shown(&path)
                ),
                path,
                open: variable,
                fillings,
            });
        }
        mutations
    }
}

/// The number of the object in which a path ends.
fn item(path: &Path) -> usize {
    let mut numbers = path.iter().filter_map(|step| match step {
        Step::Element(at) => Some(*at),
        Step::Member(_) => None,
    });
    numbers.next().unwrap_or(0)
}
