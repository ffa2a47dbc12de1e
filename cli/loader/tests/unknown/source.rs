//! Terraform source: variables without a value, arguments that may be null, and resources whose count is unknown.

use super::{
    harness::{Mutation, Path, Reader, Step, at, below, put, shown},
    plan::{KEY, resources},
};
use serde_json::{Map, Value, json};

pub(crate) struct Source(Value);

const WORLD: &str = r#"
ascp-policy: 1
include: [{ path: main.tf, account: shop }]
closed: all
accounts:
  shop: { id: "111122223333", region: us-east-1 }
"#;

/// How a text begins that is an expression.
const EXPRESSION: &str = "=";
/// Arguments that the provider computes, by their types; `""` is every type.
const COMPUTED: [(&str, &str); 5] = [
    ("", "tags_all"),
    ("aws_kms_key", "arn"),
    ("aws_kms_key", "key_id"),
    ("aws_iam_policy", "arn"),
    ("aws_kms_grant", "name"),
];

impl Source {
    pub(crate) fn new() -> Self {
        let mut all = resources();
        // `inline_policy` may take away what other resources attach, so the policy is a resource of its own.
        let role = all.iter_mut().find(|(kind, ..)| *kind == "aws_iam_role");
        let inline =
            role.and_then(|(_, _, values)| values.as_object_mut()?.remove("inline_policy"));
        for mut policy in inline.as_ref().and_then(Value::as_array).unwrap().clone() {
            policy["role"] = json!("reader");
            all.push(("aws_iam_role_policy", "inline", policy));
        }
        let blocks = all.into_iter().map(|(kind, name, values)| {
            let members = values.as_object().unwrap().iter();
            let stated = members.filter(|(argument, _)| {
                !COMPUTED
                    .iter()
                    .any(|(of, computed)| (of.is_empty() || *of == kind) && argument == computed)
            });
            let stated: Map<String, Value> = stated
                .map(|(argument, value)| (argument.clone(), expression(value)))
                .collect();
            json!({"type": kind, "name": name, "arguments": stated})
        });
        Self(json!(blocks.collect::<Vec<_>>()))
    }
}

/// A value as the source states it: references for ARNs of other resources, and documents as objects.
fn expression(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let id = KEY.rsplit('/').next().unwrap();
            let policy = text.strip_prefix("arn:aws:iam::111122223333:policy/");
            if text == KEY {
                json!("=aws_kms_key.k.arn")
            } else if text == id {
                json!("=aws_kms_key.k.key_id")
            } else if let Some(policy) = policy {
                json!(format!("=aws_iam_policy.{policy}.arn"))
            } else if let Ok(document @ Value::Object(_)) = serde_json::from_str(text) {
                json!({ "=json": document })
            } else {
                value.clone()
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(expression).collect()),
        other => other.clone(),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => match text.strip_prefix(EXPRESSION) {
            Some(expression) => expression.to_owned(),
            None => json!(text).to_string().replace("${", "$${"),
        },
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(written).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            if let Some(document) = members.get("=json") {
                return format!("jsonencode({})", written(document));
            }
            let members = members
                .iter()
                .map(|(key, value)| format!("({}) = {}", json!(key), written(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn block(block: &Value) -> String {
    let text = |name: &str| block[name].as_str().unwrap();
    let arguments = block["arguments"].as_object().unwrap().iter();
    let arguments = arguments.map(|(name, value)| match (name.as_str(), value) {
        ("replica", Value::Array(blocks)) => blocks
            .iter()
            .map(|inner| {
                let inner = inner.as_object().unwrap().iter();
                let lines = inner.map(|(name, value)| format!("    {name} = {}\n", written(value)));
                format!("  {name} {{\n{}  }}\n", lines.collect::<String>())
            })
            .collect(),
        _ => format!("  {name} = {}\n", written(value)),
    });
    let arguments: String = arguments.collect();
    format!(
        "resource \"{}\" \"{}\" {{\n{arguments}}}\n",
        text("type"),
        text("name")
    )
}

const TEXTS: [&str; 6] = [
    "pay",
    "web",
    "/team/",
    "*",
    "SecureString",
    "arn:aws:iam::aws:policy/AWSDenyAll",
];

fn variable(document: &mut Value, path: &Path, number: usize) {
    put(document, path, Some(json!(format!("=var.p{number}"))));
}

fn perhaps(document: &mut Value, path: &Path, number: usize) {
    let Some(value) = at(document, path).map(|value| written(value)) else {
        return;
    };
    let perhaps = format!("=var.p{number} == \"yes\" ? {value} : null");
    put(document, path, Some(json!(perhaps)));
}

fn counted(document: &mut Value, path: &Path, number: usize) {
    if let Some(block) = at(document, path) {
        block["arguments"]["count"] = json!(format!("=var.p{number}"));
    }
}

impl Reader for Source {
    fn name(&self) -> &'static str {
        "source"
    }

    fn whole(&self) -> Value {
        self.0.clone()
    }

    fn expected(&self) -> Vec<&'static str> {
        vec!["allow", "allow", "refuse", "allow"]
    }

    fn file(&self) -> &'static str {
        "main.tf"
    }

    fn others(&self) -> Vec<(&'static str, String)> {
        vec![("ascp-policy.yaml", WORLD.to_owned())]
    }

    fn text(&self, input: &Value) -> String {
        let blocks = input.as_array().unwrap().iter();
        let blocks = blocks.filter(|own| !own.is_null()).map(block);
        format!(
            "variable \"p0\" {{}}\nvariable \"p1\" {{}}\n{}",
            blocks.collect::<String>()
        )
    }

    fn fill(&self, document: &mut Value, path: &Path, value: Option<Value>) {
        if value.is_none() && path.len() == 1 {
            put(document, path, Some(Value::Null));
        } else {
            put(document, path, value);
        }
    }

    fn mutations(&self) -> Vec<Mutation> {
        let mut mutations = Vec::new();
        for (number, own) in self.0.as_array().unwrap().iter().enumerate() {
            let label = format!("{}.{}", own["type"], own["name"]).replace('"', "");
            let path: Path = vec![Step::Element(number)];
            // What refers to a resource that is not there is an error of Terraform.
            let referred = [
                "aws_kms_key.k",
                "aws_iam_policy.limit",
                "aws_iam_policy.decrypt",
            ];
            if !referred.contains(&label.as_str()) {
                mutations.push(Mutation {
                    what: format!("{label} counted"),
                    path: path.clone(),
                    open: counted,
                    fillings: vec![Some(own.clone()), None],
                });
            }
            let arguments = [path.as_slice(), &[Step::Member("arguments".into())]].concat();
            let mut values = Vec::new();
            below(&own["arguments"], &arguments, &mut values);
            for (path, value) in values {
                let is_block = path.get(2) == Some(&Step::Member("replica".into()));
                if value.get("=json").is_some() || is_block && path.len() < 5 {
                    continue;
                }
                let what = format!("{label} {}", shown(&path[2..].to_vec()));
                if path.len() == 3 {
                    mutations.push(Mutation {
                        what: format!("{what} or null"),
                        path: path.clone(),
                        open: perhaps,
                        fillings: vec![Some(value.clone()), None],
                    });
                }
                let mut fillings = vec![Some(value.clone())];
                if value.is_string() {
                    fillings.extend(TEXTS.iter().map(|text| Some(json!(text))));
                }
                if value.is_boolean() {
                    fillings.extend([Some(json!(true)), Some(json!(false))]);
                }
                mutations.push(Mutation {
                    what,
                    path,
                    open: variable,
                    fillings,
                });
            }
        }
        mutations
    }
}
