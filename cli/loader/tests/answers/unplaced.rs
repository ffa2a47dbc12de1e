//! A source whose account nothing states, beside one of a known account: what it could change there is open.

use super::case::{DENY, PODS, READ, TRUST, decision, read};

const AWS_DENY: &str = "arn:aws:iam::aws:policy/AWSDenyAll";
const ORDERS: [(&str, &str); 2] = [("a", "b"), ("b", "a")];

/// A language with the usual resources, and others by the name of what they change.
struct Language {
    file: &'static str,
    /// The cluster, the role with its association, and the secret.
    whole: String,
    /// What reads no secret of the role.
    bare: String,
    others: Vec<String>,
}

fn terraform() -> Language {
    let guard = DENY.replace("\"Action\"", "\"Principal\": \"*\", \"Action\"");
    let json = |policy: &str| format!("{policy:?}");
    let shared = format!(
        r#"
provider "aws" {{ region = "us-east-1" }}
resource "aws_eks_cluster" "this" {{ name = "prod" }}
resource "aws_secretsmanager_secret" "db" {{ name = "pay/db" }}
resource "aws_iam_role" "app" {{
  name               = "app"
  assume_role_policy = {}
}}
resource "aws_eks_pod_identity_association" "app" {{
  cluster_name    = "prod"
  namespace       = "pay"
  service_account = "api"
  role_arn        = aws_iam_role.app.arn
}}
"#,
        json(TRUST)
    );
    let of_role = |policy: &str| {
        format!(
            "resource \"aws_iam_role_policy\" \"read\" {{\n  name = \"read\"\n  role = \"app\"\n  policy = {}\n}}\n",
            json(policy)
        )
    };
    let other = |kind: &str, arguments: &str| {
        format!(
            "provider \"aws\" {{ region = \"us-east-1\" }}\nvariable \"unknown\" {{}}\nresource \"{kind}\" \"other\" {{\n{arguments}\n}}\n"
        )
    };
    let secret_policy = |target: &str| {
        other(
            "aws_secretsmanager_secret_policy",
            &format!("secret_arn = {target}\npolicy = {}", json(&guard)),
        )
    };
    let role_policy = |role: &str, policy: &str| {
        let policy = json(policy);
        other(
            "aws_iam_role_policy",
            &format!("name = \"other\"\nrole = {role}\npolicy = {policy}"),
        )
    };
    Language {
        file: "main.tf",
        whole: format!("{shared}{}", of_role(READ)),
        bare: shared,
        others: vec![
            role_policy("\"app\"", DENY),
            role_policy("\"app\"", READ),
            role_policy("var.unknown", DENY),
            role_policy("\"${var.unknown}p\"", DENY),
            other(
                "aws_iam_role_policy_attachment",
                &format!("role = \"app\"\npolicy_arn = \"{AWS_DENY}\""),
            ),
            other(
                "aws_iam_policy_attachment",
                &format!("name = \"x\"\nroles = [\"web\", \"app\"]\npolicy_arn = \"{AWS_DENY}\""),
            ),
            other(
                "aws_iam_role_policy_attachment",
                "role = \"app\"\npolicy_arn = var.unknown",
            ),
            other(
                "aws_iam_role_policies_exclusive",
                "role_name = \"app\"\npolicy_names = []",
            ),
            secret_policy("\"pay/db\""),
            secret_policy("\"arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/db-AbCdEf\""),
            secret_policy("var.unknown"),
        ],
    }
}

fn cloudformation() -> Language {
    let guard = DENY.replace("\"Action\"", "\"Principal\": \"*\", \"Action\"");
    let shared = format!(
        r#"AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Cluster: {{ Type: AWS::EKS::Cluster, Properties: {{ Name: prod }} }}
  Secret: {{ Type: AWS::SecretsManager::Secret, Properties: {{ Name: pay/db }} }}
  Role: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: app, AssumeRolePolicyDocument: {TRUST} }} }}
  Association: {{ Type: AWS::EKS::PodIdentityAssociation, Properties: {{ ClusterName: prod, Namespace: pay, ServiceAccount: api, RoleArn: !GetAtt Role.Arn }} }}
"#
    );
    let other = |kind: &str, properties: &str| {
        format!(
            "Parameters: {{ Unknown: {{ Type: String }} }}\nResources:\n  Other: {{ Type: '{kind}', Properties: {{ {properties} }} }}\n"
        )
    };
    let role_policy = |role: &str, policy: &str| {
        other(
            "AWS::IAM::RolePolicy",
            &format!("PolicyName: other, RoleName: {role}, PolicyDocument: {policy}"),
        )
    };
    let own = format!(
        "  Read: {{ Type: AWS::IAM::RolePolicy, Properties: {{ PolicyName: read, RoleName: app, PolicyDocument: {READ} }} }}\n"
    );
    let managed = |policy: &str| {
        other(
            "AWS::IAM::ManagedPolicy",
            &format!("ManagedPolicyName: other, Roles: [app], PolicyDocument: {policy}"),
        )
    };
    let secret_policy = |target: &str| {
        other(
            "AWS::SecretsManager::ResourcePolicy",
            &format!("SecretId: {target}, ResourcePolicy: {guard}"),
        )
    };
    Language {
        file: "stack.yaml",
        whole: format!("{shared}{own}"),
        bare: shared,
        others: vec![
            role_policy("app", DENY),
            role_policy("app", READ),
            role_policy("!Ref Unknown", DENY),
            managed(DENY),
            managed(READ),
            secret_policy("pay/db"),
            secret_policy("!Ref Unknown"),
        ],
    }
}

/// The decision, with the second source in this account.
fn decided(
    language: &Language,
    base: &str,
    other: &str,
    account: &str,
    order: (&str, &str),
) -> String {
    let (first, second) = order;
    let (base_file, other_file) = (
        format!("{first}/{}", language.file),
        format!("{second}/{}", language.file),
    );
    let stated = if account.is_empty() {
        String::new()
    } else {
        format!(", account: {account}")
    };
    let world = format!(
        "ascp-policy: 1\ninclude:\n  - {{ path: {base_file}, account: shop, region: us-east-1 }}\n  - {{ path: {other_file}, region: us-east-1{stated} }}\n  - {{ path: k8s/, cluster: prod }}\nclosed: all\naccounts:\n  shop: {{ id: \"111122223333\", region: us-east-1 }}\n  vault: {{ id: \"444455556666\", region: us-east-1 }}\n"
    );
    let loaded = read(&[
        ("ascp-policy.yaml", &world),
        ("k8s/app.yaml", PODS),
        (&base_file, base),
        (&other_file, other),
    ]);
    decision(&loaded)
}

#[test]
fn what_a_source_of_an_unknown_account_could_change_is_open() {
    for language in [terraform(), cloudformation()] {
        for base in [&language.whole, &language.bare] {
            for other in &language.others {
                for order in ORDERS {
                    let decided = |account| decided(&language, base, other, account, order);
                    let (own, foreign) = (decided("shop"), decided("vault"));
                    let open = decided("");
                    // What no account changes stays as it is.
                    let is_allowed = |answer: &str| answer == "allow";
                    let is_same = is_allowed(&own) == is_allowed(&foreign)
                        && is_allowed(&open) == is_allowed(&own);
                    assert!(
                        open == "unknown" || is_same,
                        "{open}, but {own} or {foreign}: {other}\n{order:?}"
                    );
                }
            }
        }
    }
}

/// One environment states its account, and the other one does not: no account has two roles of one name.
#[test]
fn a_copy_of_a_source_in_an_unknown_account_changes_nothing() {
    for language in [terraform(), cloudformation()] {
        for order in ORDERS {
            let whole = &language.whole;
            assert_eq!(decided(&language, whole, whole, "", order), "allow");
        }
    }
}

/// AWS has what the source makes, if the source is of this account.
#[test]
fn a_source_of_an_unknown_account_may_make_what_aws_has() {
    let answer = format!(
        r#"{{"RoleDetailList": [{{"Path": "/", "RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/app", "AssumeRolePolicyDocument": {TRUST},
            "RolePolicyList": [{{"PolicyName": "read", "PolicyDocument": {READ}}}], "AttachedManagedPolicies": [], "Tags": []}}]}}"#
    );
    let base = terraform().whole;
    let start = base.find("resource \"aws_iam_role\"").unwrap();
    let rest = base.get(start..).unwrap();
    let guard = rest.replace(&format!("{READ:?}"), &format!("{DENY:?}"));
    let known = base.get(..start).unwrap().to_owned()
        + "resource \"aws_eks_pod_identity_association\" \"app\" {\n  cluster_name = \"prod\"\n  namespace = \"pay\"\n  service_account = \"api\"\n  role_arn = \"arn:aws:iam::111122223333:role/app\"\n}\n";
    let world = |other: &str| {
        format!(
            "ascp-policy: 1\ninclude:\n  - {{ path: roles.json }}\n  - {{ path: a/main.tf, account: shop }}\n{other}  - {{ path: k8s/, cluster: prod }}\nclosed: all\naccounts:\n  shop: {{ id: \"111122223333\", region: us-east-1 }}\n"
        )
    };
    for (include, expected) in [
        ("", "allow"),
        ("  - { path: b/main.tf, region: us-east-1 }\n", "unknown"),
        ("  - { path: b/main.tf, account: shop }\n", "deny"),
    ] {
        let loaded = read(&[
            ("ascp-policy.yaml", &world(include)),
            ("roles.json", &answer),
            ("a/main.tf", &known),
            ("b/main.tf", &guard),
            ("k8s/app.yaml", PODS),
        ]);
        assert_eq!(decision(&loaded), expected, "{include}");
    }
}
