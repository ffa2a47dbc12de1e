//! Worlds of two accounts in which several stages can refuse.

use super::policy::{statements, tags};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use policy_engine::uncertainty::{REGISTER, Uncertainties};
use serde_json::{Value, json};

const SHOP: &str = "111122223333";
const ISSUER: &str = "oidc.eks.us-east-1.amazonaws.com/id/ABC";
/// A world, and the uncertainties that are taken the other way.
pub fn world(input: &mut Unstructured<'_>) -> Result<(Value, Uncertainties)> {
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
