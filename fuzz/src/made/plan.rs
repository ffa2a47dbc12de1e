//! A plan of Terraform, and source whose expressions make what the plan does not know.

use super::{
    policy::{statements, tags},
    read::CANARY,
};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";
const ROLE: &str = "arn:aws:iam::111122223333:role/r";

/// The text of the plan and of `main.tf`.
pub fn plan(input: &mut Unstructured<'_>) -> Result<(String, String)> {
    let mut planned = vec![
        resource("aws_eks_cluster", "prod", &json!({"name": "prod"})),
        resource(
            "aws_iam_role",
            "r",
            &json!({"name": "r", "assume_role_policy": document(input, "trust")?, "tags": tags(input)?}),
        ),
        resource(
            "aws_iam_role_policy",
            "read",
            &json!({"name": "read", "role": "r"}),
        ),
    ];
    for _ in 0..input.int_in_range(0..=4)? {
        planned.push(other(input)?);
    }
    let read = json!({"address": "aws_iam_role_policy.read", "mode": "managed", "type": "aws_iam_role_policy", "name": "read",
        "provider_name": PROVIDER});
    let mut change = read.clone();
    change["change"] = json!({"actions": ["create"], "before": null, "after": {"name": "read", "role": "r"},
        "after_unknown": {"policy": true, "id": true}, "before_sensitive": false, "after_sensitive": {}});
    let mut configured = read;
    configured["expressions"] = json!({"policy": {"references": ["local.a", *input.choose(&["aws_iam_role.r.arn", "var.team", "data.x.y"])?]}});
    let plan = json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"team": {"value": "dev"}, "password": {"value": CANARY}},
        "planned_values": {"outputs": {"o": {"value": CANARY, "sensitive": true}}, "root_module": {"resources": planned}},
        "resource_changes": [change],
        "configuration": {"root_module": {"resources": [configured]}},
    });
    Ok((plan.to_string(), source(input)?))
}

fn resource(kind: &str, name: &str, values: &Value) -> Value {
    json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "provider_name": PROVIDER, "values": values,
        "sensitive_values": {}})
}

fn document(input: &mut Unstructured<'_>, kind: &str) -> Result<String> {
    Ok(json!({"Version": "2012-10-17", "Statement": statements(input, kind)?}).to_string())
}

fn other(input: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match input.int_in_range(0..=5)? {
        0 => resource(
            "aws_secretsmanager_secret",
            "s",
            &json!({"name": "dev/db", "tags": tags(input)?, "policy": document(input, "resource")?}),
        ),
        1 => resource(
            "aws_secretsmanager_secret_version",
            "v",
            &json!({"secret_id": "dev/db", "secret_string": CANARY}),
        ),
        2 => resource(
            "aws_ssm_parameter",
            "p",
            &json!({"name": "/dev/url", "type": "SecureString", "value": CANARY}),
        ),
        3 => resource(
            "aws_eks_pod_identity_association",
            "a",
            &json!({
            "cluster_name": "prod", "namespace": "dev", "service_account": "app", "role_arn": ROLE}),
        ),
        4 => resource(
            "aws_iam_policy",
            "p",
            &json!({"name": "p", "policy": document(input, "identity")?}),
        ),
        _ => resource(
            "aws_kms_key",
            "k",
            &json!({"policy": document(input, "key")?, "description": CANARY}),
        ),
    })
}

fn source(input: &mut Unstructured<'_>) -> Result<String> {
    let (a, b, c) = (
        expression(input, 3)?,
        expression(input, 3)?,
        expression(input, 2)?,
    );
    let (team, looped) = (expression(input, 1)?, expression(input, 1)?);
    Ok(format!(
        r#"variable "team" {{
  default = "dev"
}}
variable "password" {{
  default = "{CANARY}"
}}
locals {{
  a = {a}
  b = {b}
  secret = "{CANARY}"
  list = [{c}, "x", {team}]
  map = {{ k = {looped}, (var.team) = "y" }}
}}
data "aws_iam_policy_document" "d" {{
  statement {{
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [{c}]
  }}
}}
resource "aws_iam_role" "r" {{
  name = "r"
}}
resource "aws_iam_role_policy" "read" {{
  name   = "read"
  role   = aws_iam_role.r.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = concat([for x in local.list : {{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = x }}], [{{
      Effect = "Allow", Action = ["secretsmanager:*"], Resource = local.a, Condition = {{ StringEquals = {{ "aws:PrincipalTag/team" = local.b }} }}
    }}])
  }})
}}
"#
    ))
}

/// An expression of HCL.
fn expression(input: &mut Unstructured<'_>, depth: u8) -> Result<String> {
    if depth == 0 || input.ratio(1, 5)? {
        return Ok((*input.choose(&[
            "\"*\"",
            "\"dev/db-*\"",
            "\"\"",
            "var.team",
            "local.a",
            "local.b",
            "local.missing",
            "aws_iam_role.r.arn",
            "null",
            "3",
            "true",
            "\"$${aws:PrincipalTag/team}\"",
            "each.key",
            "count.index",
            "data.aws_iam_policy_document.d.json",
            "module.m.o",
            "path.module",
        ])?)
        .to_owned());
    }
    let inner = depth - 1;
    let mut operand = || expression(input, inner);
    let (x, y) = (operand()?, operand()?);
    Ok(match input.int_in_range(0..=15)? {
        0 => format!("\"${{{x}}}-${{{y}}}\""),
        1 => format!("join({x}, [{y}, \"b\"])"),
        2 => format!("split(\"/\", {x})[0]"),
        3 => format!("replace({x}, \"d\", {y})"),
        4 => format!("format(\"%s-%s\", {x}, {y})"),
        5 => format!("({x} == {y} ? {x} : {y})"),
        6 => format!("element([for v in [{x}, {y}] : lower(v)], 1)"),
        7 => format!("lookup({{ k = {x} }}, \"k\", {y})"),
        8 => format!("try({x}, {y})"),
        9 => format!("merge({{ a = {x} }}, {{ b = {y} }}).a"),
        10 => format!("coalesce({x}, {y})"),
        11 => format!("jsondecode(jsonencode({{ a = {x} }})).a"),
        12 => format!("\"%{{ if {x} == \"dev\" }}{{a}}%{{ else }}b%{{ endif }}\""),
        13 => format!("flatten([[{x}], {y}])[0]"),
        14 => format!("trimprefix({x}, {y})"),
        _ => format!("one(distinct([{x}]))"),
    })
}
