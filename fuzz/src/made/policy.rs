//! Statements and tags of few words, which collide.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const KEYS: &[&str] = &[
    "aws:ResourceTag/kubernetes-namespace",
    "secretsmanager:ResourceTag/team",
    "aws:PrincipalTag/kubernetes-namespace",
    "aws:PrincipalTag/team",
    "aws:RequestTag/kubernetes-namespace",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:SourceAccount",
    "aws:SourceVpce",
    "aws:SourceIp",
    "aws:TagKeys",
    "kms:ViaService",
    "kms:EncryptionContext:SecretARN",
    "secretsmanager:VersionStage",
    "oidc.eks.us-east-1.amazonaws.com/id/ABC:sub",
];
const VALUES: &[&str] = &[
    "dev",
    "qa",
    "*",
    "",
    "a",
    "${aws:PrincipalTag/kubernetes-namespace}",
    "${aws:PrincipalTag/team}",
    "${aws:PrincipalTag/team, 'a'}",
    "${aws:RequestTag/kubernetes-namespace}",
    "secretsmanager.us-east-1.amazonaws.com",
    "secretsmanager.*.amazonaws.com",
    "system:serviceaccount:dev:app",
    "111122223333",
    "arn:aws:secretsmanager:*:*:secret:db-??????",
    "arn:aws:iam::111122223333:role/*",
    "o-a1b2c3d4e5",
    "10.0.0.0/8",
    "true",
    "5",
];
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLikeIfExists",
    "StringEqualsIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "ArnLike",
    "ArnNotLike",
    "Null",
    "Bool",
    "NumericLessThan",
    "NotIpAddress",
];
const ACTIONS: &[&str] = &[
    "*",
    "secretsmanager:*",
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:DescribeSecret",
    "ssm:Get*",
    "kms:Decrypt",
    "sts:AssumeRole",
    "sts:TagSession",
];
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:secretsmanager:*:*:secret:*",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-??????",
    "arn:aws:secretsmanager:eu-west-1:*:secret:${aws:PrincipalTag/kubernetes-namespace}*",
    "arn:aws:ssm:us-east-1:111122223333:parameter/dev/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:iam::444455556666:role/*",
    "arn:aws:secretsmanager:*",
];
const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111122223333:root",
    "444455556666",
    "arn:aws:iam::111122223333:role/r",
    "arn:aws:iam::444455556666:role/far",
    "*",
];

/// The tags of a role or a secret.
pub fn tags(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut tags = Map::new();
    for name in ["kubernetes-namespace", "team", "Team"] {
        if input.ratio(1, 2)? {
            tags.insert(
                name.to_owned(),
                json!(*input.choose(&["dev", "qa", "a", "*"])?),
            );
        }
    }
    Ok(Value::Object(tags))
}

/// One to three statements of a kind of policy.
pub fn statements(input: &mut Unstructured<'_>, kind: &str) -> Result<Value> {
    let count = input.int_in_range(1..=3)?;
    let statements = (0..count).map(|_| statement(input, kind));
    Ok(Value::Array(statements.collect::<Result<_>>()?))
}

fn statement(input: &mut Unstructured<'_>, kind: &str) -> Result<Value> {
    let mut statement = Map::new();
    let effect = if kind == "rcp" || input.ratio(1, 4)? {
        "Deny"
    } else {
        "Allow"
    };
    statement.insert("Effect".to_owned(), json!(effect));
    match kind {
        "rcp" => drop(statement.insert("Principal".to_owned(), json!("*"))),
        "resource" | "key" | "endpoint" | "trust" => {
            let principal = match input.int_in_range(0..=3)? {
                0 if kind == "trust" => json!({"Service": "pods.eks.amazonaws.com"}),
                0 => json!("*"),
                _ => json!({"AWS": *input.choose(PRINCIPALS)?}),
            };
            statement.insert("Principal".to_owned(), principal);
        }
        _ => {}
    }
    let action = match kind {
        "trust" => *input.choose(&["sts:AssumeRole", "sts:TagSession", "sts:*"])?,
        _ => *input.choose(ACTIONS)?,
    };
    let action = if kind == "rcp" && action == "*" {
        "secretsmanager:*"
    } else {
        action
    };
    statement.insert("Action".to_owned(), json!(action));
    if kind != "trust" {
        let negated = input.ratio(1, 8)?;
        let name = if negated { "NotResource" } else { "Resource" };
        statement.insert(name.to_owned(), json!(*input.choose(RESOURCES)?));
    }
    if input.ratio(1, 2)? {
        let (operator, key) = (*input.choose(OPERATORS)?, *input.choose(KEYS)?);
        let values = [*input.choose(VALUES)?, *input.choose(VALUES)?];
        statement.insert("Condition".to_owned(), json!({operator: {key: values}}));
    }
    Ok(Value::Object(statement))
}
