//! Templates of CloudFormation whose properties are functions in functions.

use super::{
    policy::{statements, tags},
    read::CANARY,
    yaml,
};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const PLACEHOLDERS: &[&str] = &[
    "${AWS::Region}-x",
    "${P}",
    "${Q}/${R0}",
    "${R0.Arn}",
    "${!Literal}",
    "x",
    "${S0}",
    "${M}",
    "${a.b}",
    "${Secret}",
];

/// A template, as JSON or YAML.
pub fn template(input: &mut Unstructured<'_>) -> Result<String> {
    let mut resources = Map::new();
    for number in 0..input.int_in_range(1..=4)? {
        let (name, resource) = resource(input, number)?;
        resources.insert(name, resource);
    }
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Metadata": {"note": CANARY},
        "Parameters": {"P": {"Type": "String", "Default": "dev"}, "Q": {"Type": "String"},
            "Secret": {"Type": "String", "NoEcho": true, "Default": CANARY}},
        "Mappings": {"M": {"dev": {"Name": "db", "Other": CANARY}}},
        "Conditions": {"C": condition(input, 3)?, "D": condition(input, 2)?},
        "Resources": resources,
        "Outputs": {"O": {"Value": value(input, 2)?, "Export": {"Name": "e"}}, "V": {"Value": CANARY}},
    });
    Ok(if input.arbitrary()? {
        template.to_string()
    } else {
        yaml::document(&template)
    })
}

fn resource(input: &mut Unstructured<'_>, number: u8) -> Result<(String, Value)> {
    let (kind, letter, properties) = match input.int_in_range(0..=7)? {
        0 | 1 => (
            "AWS::IAM::Role",
            'R',
            json!({
                "RoleName": value(input, 3)?,
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statements(input, "trust")?},
                "Policies": [{"PolicyName": "p", "PolicyDocument": document(input)?}],
                "Tags": value(input, 2)?,
            }),
        ),
        2 => (
            "AWS::IAM::Policy",
            'P',
            json!({"PolicyName": "p", "Roles": [{"Ref": "R0"}], "PolicyDocument": document(input)?}),
        ),
        3 => (
            "AWS::EKS::PodIdentityAssociation",
            'A',
            json!({
            "ClusterName": value(input, 2)?, "Namespace": value(input, 1)?, "ServiceAccount": "app", "RoleArn": {"Fn::GetAtt": ["R0", "Arn"]}}),
        ),
        4 | 5 => (
            "AWS::SecretsManager::Secret",
            'S',
            json!({
            "Name": value(input, 3)?, "SecretString": CANARY, "Description": CANARY,
            "Tags": [{"Key": "team", "Value": value(input, 1)?}], "KmsKeyId": value(input, 1)?}),
        ),
        6 => (
            "AWS::KMS::Key",
            'K',
            json!({"KeyPolicy": {"Version": "2012-10-17", "Statement": statements(input, "key")?}, "Tags": []}),
        ),
        _ => (
            "AWS::SSM::Parameter",
            'X',
            json!({"Name": value(input, 2)?, "Type": "String", "Value": CANARY, "Tags": tags(input)?}),
        ),
    };
    let mut resource = json!({"Type": kind, "Properties": properties});
    if input.ratio(1, 4)? {
        resource["Condition"] = json!(*input.choose(&["C", "D", "Missing"])?);
    }
    Ok((format!("{letter}{number}"), resource))
}

fn document(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut written = statements(input, "identity")?;
    if input.ratio(1, 2)? {
        if let Some(statement) = written[0].as_object_mut() {
            statement.remove("NotResource");
        }
        written[0]["Resource"] = value(input, 3)?;
    }
    if input.ratio(1, 4)? {
        return Ok(
            json!({"Fn::If": ["C", {"Version": "2012-10-17", "Statement": written}, {"Ref": "AWS::NoValue"}]}),
        );
    }
    Ok(json!({"Version": "2012-10-17", "Statement": written}))
}

fn condition(input: &mut Unstructured<'_>, depth: u8) -> Result<Value> {
    if depth == 0 || input.ratio(1, 3)? {
        return Ok(json!({"Fn::Equals": [value(input, 1)?, "dev"]}));
    }
    Ok(match input.int_in_range(0..=3)? {
        0 => json!({"Fn::Not": [condition(input, depth - 1)?]}),
        1 => json!({"Fn::And": [condition(input, depth - 1)?, condition(input, depth - 1)?]}),
        2 => json!({"Fn::Or": [condition(input, depth - 1)?, condition(input, depth - 1)?]}),
        _ => json!({"Condition": *input.choose(&["C", "D", "Missing"])?}),
    })
}

/// A text, or functions that make it.
fn value(input: &mut Unstructured<'_>, depth: u8) -> Result<Value> {
    if depth == 0 || input.ratio(1, 4)? {
        return Ok(json!(*input.choose(&[
            "dev",
            "db",
            "a,b,c",
            "",
            "*",
            "arn:aws:iam::111122223333:role/r"
        ])?));
    }
    let inner = depth - 1;
    Ok(match input.int_in_range(0..=11)? {
        0 => {
            json!({"Ref": *input.choose(&["P", "Q", "Secret", "R0", "S0", "AWS::AccountId", "AWS::StackName", "AWS::NoValue", "Missing"])?})
        }
        1 => {
            json!({"Fn::GetAtt": [*input.choose(&["R0", "S0", "K0", "Missing"])?, *input.choose(&["Arn", "Id", "x"])?]})
        }
        2 | 3 => {
            let mut text = String::new();
            for _ in 0..input.int_in_range(1..=3)? {
                text.push_str(input.choose(PLACEHOLDERS)?);
            }
            json!({"Fn::Sub": text})
        }
        4 => {
            json!({"Fn::Sub": ["${v}-${w}", {"v": value(input, inner)?, "w": value(input, inner)?}]})
        }
        5 => json!({"Fn::Join": [value(input, 0)?, [value(input, inner)?, value(input, inner)?]]}),
        6 => {
            json!({"Fn::Select": [input.int_in_range(0..=3)?, [value(input, inner)?, value(input, inner)?]]})
        }
        7 => json!({"Fn::Select": ["1", {"Fn::Split": [",", value(input, inner)?]}]}),
        8 => {
            json!({"Fn::If": [*input.choose(&["C", "D", "Missing"])?, value(input, inner)?, value(input, inner)?]})
        }
        9 => json!({"Fn::FindInMap": ["M", value(input, inner)?, "Name"]}),
        10 => json!({"Fn::ImportValue": *input.choose(&["e", "f"])?}),
        _ => json!({"Fn::Join": ["", {"Fn::Split": ["/", value(input, inner)?]}]}),
    })
}
