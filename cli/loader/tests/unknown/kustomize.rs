//! Kustomizations: values that are variables of Flux, which fills them in after the build.

use super::{
    harness::{Mutation, Path, Reader, Step, at, below, mounts, put, shown},
    manifests,
};
use loader::Loaded;
use serde_json::{Value, json};

/// A kustomization whose fields decide who reads what.
pub(crate) struct Kustomization {
    name: &'static str,
    file: Value,
    expected: &'static str,
}

const BASE: &str = r#"
apiVersion: v1
kind: ServiceAccount
metadata: { name: api }
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: db }
spec: { provider: aws, parameters: { objects: "- objectName: pay/db\n  objectType: secretsmanager\n" } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  template:
    spec:
      containers: [{ name: main, image: api }]
      volumes: [{ name: s, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: none } } }]
"#;

/// What the patches of a scenario state.
struct Stated {
    object: &'static str,
    pod_identity: &'static str,
}

impl Kustomization {
    fn new(name: &'static str, stated: &Stated, expected: &'static str) -> Self {
        let Stated {
            object,
            pod_identity,
        } = stated;
        let account =
            r#"[{"op": "add", "path": "/spec/template/spec/serviceAccountName", "value": "api"}]"#;
        let class = format!(
            "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata:\n  name: db\nspec:\n  parameters:\n    region: us-east-1\n    usePodIdentity: '{pod_identity}'\n    objects: |\n      - objectName: {object}\n        objectType: secretsmanager\n"
        );
        let role = format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n  annotations:\n    eks.amazonaws.com/role-arn: {}\n",
            manifests::ROLE
        );
        let place = "spec.template.spec.volumes.0.csi.volumeAttributes.secretProviderClass";
        let file = json!({
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
            "namespace": "pay",
            "resources": ["base.yaml"],
            "commonAnnotations": {"class": "db"},
            "patches": [
                {"target": {"kind": "Deployment", "name": "api"}, "patch": account},
                {"patch": class},
                {"patch": role},
            ],
            "replacements": [{
                "source": {"kind": "ServiceAccount", "name": "api", "fieldPath": "metadata.annotations.class"},
                "targets": [{"select": {"kind": "Deployment"}, "fieldPaths": [place]}],
            }],
        });
        Self {
            name,
            file,
            expected,
        }
    }

    pub(crate) fn all() -> [Self; 3] {
        let stated = |object, pod_identity| Stated {
            object,
            pod_identity,
        };
        [
            Self::new("kustomization", &stated("pay/db", "true"), "allow"),
            Self::new(
                "kustomization that is refused",
                &stated("pay/other", "true"),
                "refuse",
            ),
            Self::new(
                "kustomization with a role",
                &stated("pay/other", "false"),
                "allow",
            ),
        ]
    }
}

/// Parts of texts that decide, and what may stand there instead.
const PARTS: [(&str, &[&str]); 6] = [
    ("\"api\"", &["\"api\"", "\"default\"", "\"other\""]),
    ("us-east-1", &["us-east-1", "eu-west-1"]),
    ("'true'", &["'true'", "'false'"]),
    ("'false'", &["'true'", "'false'"]),
    (
        "objectName: pay/",
        &["objectName: pay/", "objectName: pay/x"],
    ),
    (
        manifests::ROLE,
        &[manifests::ROLE, "arn:aws:iam::111122223333:role/reader"],
    ),
];

/// The members whose values decide after the build, not during it.
fn is_filled_later(path: &Path) -> bool {
    let later = ["namespace", "class", "name", "kind", "fieldPath"];
    matches!(path.last(), Some(Step::Member(name)) if path.len() > 1 && later.contains(&name.as_str()) || name == "namespace")
}

fn variable(document: &mut Value, path: &Path, number: usize) {
    put(document, path, Some(json!(format!("${{P{number}}}"))));
}

/// Makes the first deciding part of a text unknown.
fn part<const PART: usize>(document: &mut Value, path: &Path, number: usize) {
    let (known, _) = PARTS[PART];
    let Some(value) = at(document, path) else {
        return;
    };
    let bare = known.trim_matches(['"', '\'']);
    let name = known.rsplit_once(['=', ' ']).map_or(bare, |(_, name)| name);
    let text = value.as_str().unwrap();
    let open = known.replace(name, &format!("${{P{number}}}"));
    *value = json!(text.replace(known, &open));
}

const OPEN: [fn(&mut Value, &Path, usize); 6] = [
    part::<0>, part::<1>, part::<2>, part::<3>, part::<4>, part::<5>,
];

impl Reader for Kustomization {
    fn name(&self) -> &'static str {
        self.name
    }

    fn whole(&self) -> Value {
        self.file.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec![self.expected]
    }

    fn file(&self) -> &'static str {
        "kustomization.yaml"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        let world = manifests::WORLD.replace("objects.json", "kustomization.yaml");
        vec![("ascp-policy.yaml", world), ("base.yaml", BASE.to_owned())]
    }

    fn decide(&self, loaded: &Loaded) -> Vec<String> {
        vec![mounts(loaded)]
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        put(document, path, value);
    }

    fn mutations(&self) -> Vec<Mutation> {
        let mut values = Vec::new();
        below(&self.file, &Vec::new(), &mut values);
        let mut mutations = Vec::new();
        for (path, value) in values {
            let Some(text) = value.as_str() else { continue };
            if is_filled_later(&path) {
                let texts = [
                    "pay",
                    "default",
                    "other",
                    "db",
                    "none",
                    "api",
                    "Deployment",
                    "metadata.name",
                ];
                let fillings = texts.iter().map(|text| Some(json!(text)));
                mutations.push(Mutation {
                    what: shown(&path),
                    path: path.clone(),
                    open: variable,
                    fillings: fillings.collect(),
                });
            }
            for (number, (known, others)) in PARTS.iter().enumerate() {
                if !text.contains(known) {
                    continue;
                }
                let texts = others.iter().map(|other| text.replace(known, other));
                mutations.push(Mutation {
                    what: format!("{known} of {}", shown(&path)),
                    path: path.clone(),
                    open: OPEN[number],
                    fillings: texts.map(|text| Some(json!(text))).collect(),
                });
            }
        }
        mutations
    }
}
