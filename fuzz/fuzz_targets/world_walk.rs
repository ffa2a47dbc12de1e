//! A whole world made of words that collide: it is read without a problem, and every pod can be walked to every object.
//!
//! The bytes choose; nearly every input is a world in which several stages can refuse.

#![no_main]

use ascp_policy_fuzz::worlds;
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use loader::Options;
use policy_engine::uncertainty::{REGISTER, Uncertainties};
use serde_json::{Map, Value, json};
use std::{env, fs, path::PathBuf, process, sync::LazyLock};

const SHOP: &str = "111122223333";
const ISSUER: &str = "oidc.eks.us-east-1.amazonaws.com/id/ABC";
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

static WORLD: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = env::temp_dir().join(format!("ascp-policy-walk-{}", process::id()));
    // The reader does not look for a world above the root of a repository.
    fs::create_dir_all(directory.join(".git")).expect("a directory for this process");
    directory.join("ascp-policy.yaml")
});

fuzz_target!(|bytes: &[u8]| {
    let mut input = Unstructured::new(bytes);
    let Ok((world, other)) = world(&mut input) else {
        return;
    };
    // A world says first that it is one.
    let text = world.to_string().replacen('{', "{\"ascp-policy\": 1, ", 1);
    fs::write(&*WORLD, &text).expect("the world file can be written");
    let options = Options {
        world: Some(WORLD.clone()),
        ..Options::default()
    };
    match loader::load(&options) {
        Ok(loaded) => worlds::walk(&loaded, other),
        Err(error) => panic!("{:#?} in {text}", error.problems),
    }
});

fn world(input: &mut Unstructured<'_>) -> Result<(Value, Uncertainties)> {
    let mut world = json!({
        "defaults": {"region": "us-east-1"},
        "accounts": {"shop": shop(input)?, "vault": vault(input)?},
    });
    if input.ratio(1, 2)? {
        world["closed"] = json!("all");
    }
    if input.ratio(1, 8)? {
        world["externals"] = json!({"sessionTags": ["team"]});
    }
    if input.ratio(1, 3)? {
        world["organization"] = json!({
            "id": "o-a1b2c3d4e5",
            "accounts": ["shop"],
            "scps": {"s": statements(input, "scp")?},
            "rcps": {"r": statements(input, "rcp")?},
            "units": {"u": {"accounts": ["vault"], "scps": {"t": statements(input, "scp")?}}},
        });
    }
    let mut other = Uncertainties::NONE;
    for _ in 0..input.int_in_range(0..=2)? {
        other.insert(input.choose(REGISTER)?.uncertainty);
    }
    Ok((world, other))
}

fn shop(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut association = json!({"role": "r"});
    match input.int_in_range(0..=7)? {
        0 | 1 => association["targetRole"] = json!("vault:far"),
        2 => association["sessionTags"] = json!(false),
        3 => {
            association["sessionTags"] = json!(false);
            association["policy"] = statements(input, "session")?;
        }
        _ => {}
    }
    let mounts = json!([
        "shop:db",
        "vault:db",
        "/dev/url",
        {"object": "shop:db", "failover": "eu-west-1"},
        {"object": "/dev/url", "version": "3"},
    ]);
    let mut cluster = json!({
        "oidc": "ABC",
        "serviceAccounts": {
            "dev/app": {"association": association, "mounts": mounts},
            "qa/web": {"irsa": "r", "mounts": ["shop:db"]},
        },
    });
    if input.ratio(1, 3)? {
        cluster["endpoints"] = json!(["sm"]);
    }
    Ok(json!({
        "id": SHOP,
        "clusters": {"prod": cluster},
        "endpoints": {"sm": {"id": "vpce-1", "service": "secretsmanager", "policy": statements(input, "endpoint")?}},
        "policies": {"bound": statements(input, "identity")?},
        "roles": {"r": role(input)?},
        "keys": {"k": key(input)?},
        "secrets": {"db": secret(input, "shop:k")?},
        "parameters": {"/dev/url": {"type": "SecureString", "tags": tags(input)?}},
    }))
}

fn vault(input: &mut Unstructured<'_>) -> Result<Value> {
    Ok(json!({
        "id": "444455556666",
        "roles": {"far": {"trust": statements(input, "trust")?, "policies": {"p": statements(input, "identity")?}}},
        "keys": {"k": key(input)?},
        "secrets": {"db": secret(input, "vault:k")?},
    }))
}

fn role(input: &mut Unstructured<'_>) -> Result<Value> {
    let trust = match input.int_in_range(0..=3)? {
        0 => statements(input, "trust")?,
        1 => json!([{
            "Effect": "Allow",
            "Principal": {"Federated": format!("arn:aws:iam::{SHOP}:oidc-provider/{ISSUER}")},
            "Action": "sts:AssumeRoleWithWebIdentity",
        }]),
        _ => json!("pod-identity"),
    };
    let mut role = json!({
        "trust": trust,
        "policies": {"p": statements(input, "identity")?, "q": statements(input, "identity")?},
        "tags": tags(input)?,
    });
    if input.ratio(1, 4)? {
        role["boundary"] = json!("bound");
    }
    Ok(role)
}

fn secret(input: &mut Unstructured<'_>, key: &str) -> Result<Value> {
    let mut secret = json!({"tags": tags(input)?});
    if input.ratio(1, 2)? {
        secret["key"] = json!(key);
    }
    if input.ratio(1, 3)? {
        secret["policy"] = statements(input, "resource")?;
    }
    if input.ratio(1, 3)? {
        secret["replicas"] = json!({"eu-west-1": {}});
    }
    Ok(secret)
}

fn key(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut key = match input.int_in_range(0..=2)? {
        0 => json!({"policy": "default"}),
        _ => json!({"policy": statements(input, "key")?}),
    };
    if input.ratio(1, 8)? {
        key["enabled"] = json!(false);
    }
    if input.ratio(1, 4)? {
        key["aliases"] = json!(["alias/k"]);
    }
    Ok(key)
}

fn tags(input: &mut Unstructured<'_>) -> Result<Value> {
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

fn statements(input: &mut Unstructured<'_>, kind: &str) -> Result<Value> {
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
