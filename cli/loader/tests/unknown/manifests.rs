//! Kubernetes manifests: values that are variables of Flux or `envsubst`.

use super::harness::{Mutation, Path, Reader, Step, below, mounts, put, shown};
use loader::Loaded;
use serde_json::{Value, json};

/// A workload with its class and service account.
pub(crate) struct Manifests {
    name: &'static str,
    objects: Value,
    expected: &'static str,
}

pub(crate) const WORLD: &str = r#"
ascp-policy: 1
include: [{ path: objects.json, cluster: prod }]
closed: all
accounts:
  shop:
    id: "111122223333"
    region: us-east-1
    clusters:
      prod:
        oidc: EXAMPLE
        serviceAccounts: { pay/api: { association: reader } }
    roles:
      reader: { trust: pod-identity, policies: { read: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "arn:aws:secretsmanager:*:*:secret:pay/db-*" }] } }
      annotated: { trust: [{ Effect: Allow, Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE" }, Action: "sts:AssumeRoleWithWebIdentity", Condition: { StringEquals: { "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:pay:api" } } }], policies: { read: [{ Effect: Allow, Action: "secretsmanager:*", Resource: "arn:aws:secretsmanager:*:*:secret:pay/other-*" }] } }
    secrets: { pay/db: {}, pay/other: {} }
"#;

pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/annotated";

impl Manifests {
    fn new(name: &'static str, mount: (&str, &str), expected: &'static str) -> Self {
        let (object, pod_identity) = mount;
        let objects = format!("- objectName: {object}\n  objectType: secretsmanager\n");
        let objects = json!({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "ServiceAccount",
             "metadata": {"name": "api", "namespace": "pay", "annotations": {"eks.amazonaws.com/role-arn": ROLE}}},
            {"apiVersion": "secrets-store.csi.x-k8s.io/v1", "kind": "SecretProviderClass",
             "metadata": {"name": "db", "namespace": "pay"},
             "spec": {"provider": "aws", "parameters": {"region": "us-east-1", "usePodIdentity": pod_identity, "objects": objects}}},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api", "namespace": "pay"},
             "spec": {"template": {"spec": {"serviceAccountName": "api", "containers": [{"name": "main", "image": "api"}],
                "volumes": [{"name": "s", "csi": {"driver": "secrets-store.csi.k8s.io", "readOnly": true,
                    "volumeAttributes": {"secretProviderClass": "db"}}}]}}}},
        ]});
        Self {
            name,
            objects,
            expected,
        }
    }

    pub(crate) fn all() -> [Self; 3] {
        [
            Self::new("manifests", ("pay/db", "true"), "allow"),
            Self::new(
                "manifests that are refused",
                ("pay/other", "true"),
                "refuse",
            ),
            Self::new("manifests with a role", ("pay/other", "false"), "allow"),
        ]
    }
}

const TEXTS: [&str; 10] = [
    "pay",
    "api",
    "default",
    "db",
    "true",
    "false",
    "eu-west-1",
    "secrets-store.csi.k8s.io",
    "arn:aws:iam::111122223333:role/reader",
    "- objectName: pay/other\n  objectType: secretsmanager\n",
];

fn variable(document: &mut Value, path: &Path, number: usize) {
    put(document, path, Some(json!(format!("${{P{number}}}"))));
}

fn part(document: &mut Value, path: &Path, number: usize) {
    let Some(value) = super::harness::at(document, path) else {
        return;
    };
    let text = value.as_str().unwrap();
    *value = json!(text.replace("pay/", &format!("${{P{number}}}/")));
}

impl Reader for Manifests {
    fn name(&self) -> &'static str {
        self.name
    }

    fn whole(&self) -> Value {
        self.objects.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec![self.expected]
    }

    fn file(&self) -> &'static str {
        "objects.json"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        vec![("ascp-policy.yaml", WORLD.to_owned())]
    }

    fn decide(&self, loaded: &Loaded) -> Vec<String> {
        vec![mounts(loaded)]
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        put(document, path, value);
    }

    fn mutations(&self) -> Vec<Mutation> {
        let mut values = Vec::new();
        below(&self.objects, &Vec::new(), &mut values);
        let mut mutations = Vec::new();
        for (path, value) in values {
            let fixed = matches!(path.last(), Some(Step::Member(name)) if name == "apiVersion" || name == "kind");
            let Some(text) = value.as_str().filter(|_| !fixed) else {
                continue;
            };
            let mut fillings: Vec<_> = TEXTS.iter().map(|text| Some(json!(text))).collect();
            fillings.push(Some(value.clone()));
            if text.contains("pay/") {
                let others = ["pay", "other"].map(|name| text.replace("pay/", &format!("{name}/")));
                mutations.push(Mutation {
                    what: format!("a part of {}", shown(&path)),
                    path: path.clone(),
                    open: part,
                    fillings: others.iter().map(|text| Some(json!(text))).collect(),
                });
            }
            mutations.push(Mutation {
                what: shown(&path),
                path,
                open: variable,
                fillings,
            });
        }
        mutations
    }
}
