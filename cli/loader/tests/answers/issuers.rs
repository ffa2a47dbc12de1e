//! The issuer of a cluster that Terraform makes is unknown, and the same wherever the source names it.

use super::case::{mounts, read_as};
use loader::Options;

const ISSUER: &str = "${replace(aws_iam_openid_connect_provider.prod.url, \"https://\", \"\")}";
const BARE: &str =
    "${replace(aws_eks_cluster.prod.identity[0].oidc[0].issuer, \"https://\", \"\")}";
const TRIMMED: &str =
    "${trimprefix(aws_eks_cluster.prod.identity[0].oidc[0].issuer, \"https://\")}";
const OF_ARN: &str =
    "${replace(aws_iam_openid_connect_provider.prod.arn, \"/^(.*provider/)/\", \"\")}";
const OF_DATA: &str =
    "${replace(data.aws_eks_cluster.again.identity[0].oidc[0].issuer, \"https://\", \"\")}";
const OTHER: &str = "${replace(aws_iam_openid_connect_provider.stage.url, \"https://\", \"\")}";
const LITERAL: &str = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
const SPELT: &str = "<OIDC issuer of arn:aws:eks:eu-west-1:111122223333:cluster/prod>";

const CLUSTERS: &str = r#"provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
resource "aws_eks_cluster" "prod" {
  name = "prod"
}
resource "aws_eks_cluster" "stage" {
  name = "stage"
}
data "aws_eks_cluster" "again" {
  name = "prod"
}
resource "aws_iam_openid_connect_provider" "prod" {
  url            = aws_eks_cluster.prod.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}
resource "aws_iam_openid_connect_provider" "stage" {
  url            = aws_eks_cluster.stage.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}
resource "aws_secretsmanager_secret" "db" {
  name = "pay/db"
}
resource "aws_iam_role_policy" "read" {
  role   = aws_iam_role.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource = aws_secretsmanager_secret.db.arn }]
  })
}
"#;

const MOUNT: &str = r#"apiVersion: v1
kind: ServiceAccount
metadata: { name: app, namespace: pay, annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/app" } }
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: app, namespace: pay }
spec: { provider: aws, parameters: { region: eu-west-1, objects: "- objectName: pay/db\n  objectType: secretsmanager\n" } }
---
apiVersion: v1
kind: Pod
metadata: { name: app, namespace: pay }
spec:
  serviceAccountName: app
  containers: [{ name: c, image: i }]
  volumes: [{ name: s, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: app } } }]
"#;

/// What becomes of the mount with the provider and the conditions of a trust policy.
fn decided(provider: &str, conditions: &[(&str, &str, &str)]) -> String {
    let conditions: String = conditions
        .iter()
        .map(|(operator, key, value)| {
            format!(
                "    condition {{\n      test     = \"{operator}\"\n      variable = \"{key}\"\n      values   = [\"{value}\"]\n    }}\n"
            )
        })
        .collect();
    let role = format!(
        "resource \"aws_iam_role\" \"app\" {{\n  name               = \"app\"\n  assume_role_policy = data.aws_iam_policy_document.trust.json\n}}\ndata \"aws_iam_policy_document\" \"trust\" {{\n  statement {{\n    actions = [\"sts:AssumeRoleWithWebIdentity\"]\n    principals {{\n      type        = \"Federated\"\n      identifiers = [{provider}]\n    }}\n{conditions}  }}\n}}\n"
    );
    let source = format!("{CLUSTERS}{role}");
    let options = Options {
        cluster: Some("prod".to_owned()),
        ..Options::default()
    };
    let loaded = read_as(&[("main.tf", &source), ("app.yaml", MOUNT)], options);
    let decided = mounts(&loaded).join("\n");
    let (_, decision) = decided.rsplit_once(": ").unwrap_or_default();
    decision.to_owned()
}

#[test]
fn an_unknown_issuer_is_equal_to_itself_alone() {
    const PROD: &str = "aws_iam_openid_connect_provider.prod.arn";
    const STAGE: &str = "aws_iam_openid_connect_provider.stage.arn";
    const LITERAL_ARN: &str = "\"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF\"";
    let own = "system:serviceaccount:pay:app";
    let aud = "sts.amazonaws.com";
    let sub = |issuer: &str| format!("{issuer}:sub");
    let with = |provider: &str, operator: &str, issuer: &str, value: &str| {
        decided(provider, &[(operator, &sub(issuer), value)])
    };
    for issuer in [ISSUER, BARE, TRIMMED, OF_ARN, OF_DATA] {
        assert_eq!(with(PROD, "StringEquals", issuer, own), "allow", "{issuer}");
        let other = own.replace("app", "other");
        assert_eq!(
            with(PROD, "StringEquals", issuer, &other),
            "refuse",
            "{issuer}"
        );
        assert_eq!(
            with(PROD, "StringNotEquals", issuer, own),
            "refuse",
            "{issuer}"
        );
        assert_eq!(
            with(PROD, "StringLike", issuer, "*:pay:*"),
            "allow",
            "{issuer}"
        );
        assert_eq!(with(PROD, "Null", issuer, "false"), "allow", "{issuer}");
        assert_eq!(with(PROD, "Null", issuer, "true"), "refuse", "{issuer}");
    }
    let both = |aud: &str| {
        let (first, second) = (sub(ISSUER), format!("{ISSUER}:aud"));
        let conditions = [
            ("StringEquals", first.as_str(), own),
            ("StringEquals", second.as_str(), aud),
        ];
        decided(PROD, &conditions)
    };
    assert_eq!(both(aud), "allow");
    assert_eq!(both("other"), "refuse");
    // Another issuer may be the same, as far as this tool knows; a text that looks like the unknown one is not it.
    assert_eq!(with(PROD, "StringEquals", OTHER, own), "unknown");
    assert_eq!(with(PROD, "StringEquals", LITERAL, own), "unknown");
    assert_eq!(with(STAGE, "StringEquals", ISSUER, own), "unknown");
    assert_eq!(with(LITERAL_ARN, "StringEquals", LITERAL, own), "unknown");
    assert_eq!(with(PROD, "StringEquals", SPELT, own), "refuse");
}
