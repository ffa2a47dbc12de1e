//! Templates.

use super::case::{DENY, READ, TRUST, decided};

/// A template with these resources beside the cluster and the secret.
fn template(resources: &str) -> String {
    format!(
        r#"
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {{ P: {{ Type: String }} }}
Conditions: {{ Chosen: !Equals [!Ref P, "yes"] }}
Resources:
  Cluster: {{ Type: AWS::EKS::Cluster, Properties: {{ Name: prod }} }}
  Secret: {{ Type: AWS::SecretsManager::Secret, Properties: {{ Name: pay/db, KmsKeyId: !Ref Key }} }}
  Key: {{ Type: AWS::KMS::Key, Properties: {{ KeyPolicy: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "arn:aws:iam::111122223333:root" }}, Action: "kms:*", Resource: "*" }}] }} }} }}
{resources}"#
    )
}

/// The role, with inline policies.
fn role(policies: &[&str]) -> String {
    let policies: Vec<_> = policies
        .iter()
        .enumerate()
        .map(|(at, policy)| format!("{{ PolicyName: p{at}, PolicyDocument: {policy} }}"))
        .collect();
    format!(
        "  Reader: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: pod-reader, AssumeRolePolicyDocument: {TRUST}, Policies: [{}] }} }}
  Association: {{ Type: AWS::EKS::PodIdentityAssociation, Properties: {{ ClusterName: !Ref Cluster, Namespace: pay, ServiceAccount: api, RoleArn: !GetAtt Reader.Arn }} }}
",
        policies.join(", ")
    )
}

/// A template that puts one policy on the role by its name.
fn elsewhere(kind: &str, policy: &str) -> String {
    let roles = if kind == "AWS::IAM::RolePolicy" {
        "RoleName: pod-reader"
    } else {
        "Roles: [pod-reader]"
    };
    let name = if kind == "AWS::IAM::ManagedPolicy" {
        "ManagedPolicyName"
    } else {
        "PolicyName"
    };
    format!(
        "Resources: {{ P: {{ Type: '{kind}', Properties: {{ {name}: other, {roles}, PolicyDocument: {policy} }} }} }}\n"
    )
}

#[test]
fn a_policy_that_another_stack_puts_on_a_role_counts_in_either_order() {
    for kind in [
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::ManagedPolicy",
    ] {
        let (grant, guard) = (elsewhere(kind, READ), elsewhere(kind, DENY));
        let (bare, reader) = (template(&role(&[])), template(&role(&[READ])));
        for (first, second, expected) in [
            (&grant, &bare, "allow"),
            (&bare, &grant, "allow"),
            (&guard, &reader, "deny"),
            (&reader, &guard, "deny"),
        ] {
            let files = [("a.yaml", first.as_str()), ("b.yaml", second.as_str())];
            assert_eq!(decided(&files), expected, "{kind}: {first}\n{second}");
        }
    }
}

#[test]
fn a_dynamic_reference_with_an_unknown_part_is_unknown() {
    for action in [
        r#"!Sub "{{resolve:ssm:/platform/${P}}}""#,
        r#"!Sub ["{{resolve:ssm:/${a}:1}}", { a: !Ref P }]"#,
        r#"!Join ["", ["{{resolve:ssm:/", !Ref P, ":1}}"]]"#,
        r#"!Join ["", ["{{resolve:ssm:/", "x", ":1}}"]]"#,
        r#""{{resolve:ssm:/x}}""#,
    ] {
        let guard = format!(
            "{{ Version: '2012-10-17', Statement: [{{ Effect: Deny, Action: {action}, Resource: '*' }}] }}"
        );
        let stack = template(&role(&[READ, &guard]));
        assert_eq!(decided(&[("stack.yaml", &stack)]), "unknown", "{action}");
    }
}

#[test]
fn an_alias_that_is_not_known_leaves_the_aliases_open() {
    let guard = r#"{ Version: "2012-10-17", Statement: [{ Effect: Deny, Action: "kms:Decrypt", Resource: "*", Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias/pay } } }] }"#;
    let other = "1a2b3c4d-1111-4222-8333-444455556666";
    for (alias, expected) in [
        (
            "Properties: { AliasName: alias/pay, TargetKeyId: !Ref Key }".to_owned(),
            "deny",
        ),
        (
            "Properties: { AliasName: alias/web, TargetKeyId: !Ref Key }".to_owned(),
            "allow",
        ),
        (
            "Properties: { AliasName: !Ref P, TargetKeyId: !Ref Key }".to_owned(),
            "unknown",
        ),
        (
            format!(
                "Properties: {{ AliasName: alias/pay, TargetKeyId: !If [Chosen, !Ref Key, {other}] }}"
            ),
            "unknown",
        ),
        (
            "Condition: Chosen, Properties: { AliasName: alias/pay, TargetKeyId: !Ref Key }"
                .to_owned(),
            "unknown",
        ),
    ] {
        let alias = format!("  Alias: {{ Type: AWS::KMS::Alias, {alias} }}\n");
        let stack = template(&format!("{}{alias}", role(&[READ, guard])));
        assert_eq!(decided(&[("stack.yaml", &stack)]), expected, "{alias}");
    }
}
