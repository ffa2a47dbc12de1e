//! Helps are changes that can be made at their place: references instead of unknown ARNs, and blocks of Terraform.

use super::support::run_in;
use std::fs;

const MOUNTING: &str = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: a, namespace: dev }
spec: { provider: aws, parameters: { usePodIdentity: 'true', region: us-east-1, objects: '[{ objectName: db-a, objectType: secretsmanager }]' } }
---
apiVersion: v1
kind: Pod
metadata: { name: a, namespace: dev }
spec:
  serviceAccountName: a
  containers: [{ name: app, image: app, volumeMounts: [{ name: s, mountPath: /s }] }]
  volumes: [{ name: s, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: a } } }]
";

/// A root module whose account nothing states; the trust policy of the role and the policy follow.
const MODULE: &str = r#"
provider "aws" { region = "us-east-1" }
locals { apps = toset(["a"]) }
resource "aws_eks_cluster" "this" { name = "prod" }
resource "aws_kms_key" "db" {
  INSTANCES
}
resource "aws_secretsmanager_secret" "db" {
  INSTANCES
  name       = "db-a"
  kms_key_id = aws_kms_key.dbKEY.arn
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow",
    Principal = { Service = "pods.eks.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:TagSession"] }] })
}
resource "aws_eks_pod_identity_association" "app" {
  cluster_name    = aws_eks_cluster.this.name
  namespace       = "dev"
  service_account = "a"
  role_arn        = aws_iam_role.app.arn
}
"#;

fn module(instances: &str, key: &str) -> String {
    MODULE.replace("INSTANCES", instances).replace("KEY", key)
}

/// The helps of the findings with a code, for a file beside the manifests; no edit has an unknown part.
fn helps(file: &str, text: &str, code: &str, arguments: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(file), text).unwrap();
    fs::write(folder.path().join("app.yaml"), MOUNTING).unwrap();
    let arguments = [&["check", ".", "--output", "json"], arguments].concat();
    let run = run_in(folder.path(), &arguments);
    let answer = run.json();
    let findings = answer["findings"].as_array().unwrap().iter();
    let own: Vec<_> = findings.filter(|own| own["code"] == code).collect();
    assert!(own.iter().all(|own| !own["fix"].to_string().contains('<')));
    own.iter()
        .map(|own| own["help"].as_str().unwrap().to_owned())
        .collect()
}

const STATED: [&str; 2] = ["--account", "shop=111122223333"];

/// A policy in an object, with a statement for another key.
const OTHER_KEY: &str = r#"
resource "aws_iam_role_policy" "read" {
  INSTANCES
  name   = "read"
  role   = aws_iam_role.app.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource = "arn:aws:secretsmanager:us-east-1:*:secret:db-*" },
    { Effect = "Allow", Action = "kms:Decrypt", Resource = "arn:aws:kms:eu-west-1:*:key/*" }
  ] })
}
"#;

#[test]
fn a_help_refers_to_a_resource_of_terraform_whose_arn_is_unknown() {
    let text = module("", "") + &OTHER_KEY.replace("INSTANCES", "");
    let written = r#"Resource = ["arn:aws:kms:eu-west-1:*:key/*", aws_kms_key.db.arn]"#;
    for arguments in [&[][..], &STATED] {
        assert_eq!(helps("main.tf", &text, "KMS102", arguments), [written]);
    }
    // A secret of a known name, in an account that nothing states.
    let text = text.replace(":secret:db-*", ":secret:other-*");
    let written = r#"Resource = ["arn:aws:secretsmanager:us-east-1:*:secret:other-*", aws_secretsmanager_secret.db.arn]"#;
    assert_eq!(helps("main.tf", &text, "REQ101", &[]), [written]);
}

#[test]
fn a_help_names_the_block_and_not_its_instance() {
    let instances = "for_each = local.apps";
    let text = module(instances, "[each.key]") + &OTHER_KEY.replace("INSTANCES", instances);
    let written = r#"Resource = ["arn:aws:kms:eu-west-1:*:key/*", aws_kms_key.db[each.key].arn]"#;
    let words = "add aws_kms_key.db[each.key].arn to Resource of statement 2 of read";
    for arguments in [&[][..], &STATED] {
        let helps = helps("main.tf", &text, "KMS102", arguments);
        assert!(helps == [written] || helps == [words], "{helps:?}");
    }
    // A value that the key of the instance decides.
    let text = text.replace(":secret:db-*", ":secret:other-${each.key}-*");
    let helps = helps("main.tf", &text, "REQ101", &STATED);
    let [help] = helps.as_slice() else {
        panic!("{helps:?}");
    };
    assert!(
        help.starts_with(
            "change the expression of `aws_iam_role_policy.read` that uses `each.key`"
        ),
        "{help}"
    );
}

#[test]
fn a_statement_for_a_data_source_is_a_block() {
    let policy = r#"
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [aws_secretsmanager_secret.db.arn]
  }
}
resource "aws_iam_role_policy" "read" {
  name   = "read"
  role   = aws_iam_role.app.id
  policy = data.aws_iam_policy_document.read.json
}
"#;
    let block = r#"add this block:
statement {
  actions   = ["kms:Decrypt"]
  resources = [aws_kms_key.db.arn]
}"#;
    let text = module("", "") + policy;
    assert_eq!(helps("main.tf", &text, "KMS102", &[]), [block]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf"), &text).unwrap();
    fs::write(folder.path().join("app.yaml"), MOUNTING).unwrap();
    let shown = |output: &str| run_in(folder.path(), &["check", ".", "--output", output]).out;
    let lines = block.replace('\n', "\n        ");
    assert!(shown("text").contains(&format!("  help: {lines}\n")));
    let line = block.replace('\n', "%0A");
    assert!(shown("github").contains(&format!("%0Ahelp: {line}\n")));
    let code = "\n\n  ```hcl\n  statement {\n    actions ";
    assert!(shown("markdown").contains(&format!("* help: add this block:{code}")));
    // The change can be made: the key is readable then.
    let statement = block.split_once('\n').unwrap().1;
    let changed = text.replacen("  statement {", &format!("{statement}\n  statement {{"), 1);
    assert_eq!(helps("main.tf", &changed, "KMS102", &[]), [""; 0]);
}

#[test]
fn a_help_refers_to_a_resource_of_a_template_whose_arn_is_unknown() {
    let template = "AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Cluster:
    Type: AWS::EKS::Cluster
    Properties: { Name: prod, RoleArn: !Sub 'arn:aws:iam::${AWS::AccountId}:role/eks', ResourcesVpcConfig: { SubnetIds: [subnet-1] } }
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root' }, Action: 'kms:*', Resource: '*' }]
  Db:
    Type: AWS::SecretsManager::Secret
    Properties: { Name: db-a, KmsKeyId: !Ref Key }
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: pods.eks.amazonaws.com }, Action: ['sts:AssumeRole', 'sts:TagSession'] }]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret']
                Resource: 'arn:aws:secretsmanager:us-east-1:*:secret:db-*'
              - Effect: Allow
                Action: kms:Decrypt
                Resource: 'arn:aws:kms:eu-west-1:*:key/*'
  Association:
    Type: AWS::EKS::PodIdentityAssociation
    Properties: { ClusterName: !Ref Cluster, Namespace: dev, ServiceAccount: a, RoleArn: !GetAtt Reader.Arn }
";
    let region = ["--region", "us-east-1"];
    let words = r#"add {"Fn::GetAtt": ["Key", "Arn"]} to Resource of statement 2 of read"#;
    for arguments in [region.to_vec(), [region, STATED].concat()] {
        assert_eq!(helps("stack.yaml", template, "KMS102", &arguments), [words]);
    }
    let template = template.replace(":secret:db-*", ":secret:other-*");
    let words = r#"add {"Fn::Sub": "arn:aws:secretsmanager:us-east-1:${AWS::AccountId}:secret:db-a-??????"} to Resource of statement 1 of read"#;
    assert_eq!(helps("stack.yaml", &template, "REQ101", &region), [words]);
}

#[test]
fn a_list_of_terraform_stays_a_list() {
    let trust = r#"
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["444455556666"]
    }
  }
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"#;
    let module = module("", "");
    let (before, rest) = module
        .split_once("resource \"aws_iam_role\" \"app\"")
        .unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    let text = format!("{before}{trust}{after}");
    let words = r#"values = ["111122223333"]"#;
    assert_eq!(helps("main.tf", &text, "POD106", &STATED), [words]);
}

#[test]
fn a_boundary_of_aws_is_replaced_and_not_edited() {
    let boundary = "  permissions_boundary = \"arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess\"\n";
    let role = "resource \"aws_iam_role\" \"app\" {\n";
    let text = module("", "") + &OTHER_KEY.replace("INSTANCES", "");
    let text = text.replacen(role, &format!("{role}{boundary}"), 1);
    let helps = helps("main.tf", &text, "XAC110", &STATED);
    let [help] = helps.as_slice() else {
        panic!("{helps:?}");
    };
    let words = "set another permissions boundary, because AWS's `AmazonSSMReadOnlyAccess` cannot be edited";
    assert!(help.starts_with(words), "{help}");
}

#[test]
fn a_trust_policy_gets_an_action_instead_of_not_action() {
    let text = module("", "").replace(
        "Action = [\"sts:AssumeRole\", \"sts:TagSession\"] }] })",
        "NotAction = [\"sts:TagSession\", \"sts:SetSourceIdentity\"] }] })",
    );
    let words = r#"write "Action": ["sts:AssumeRole", "sts:TagSession"] instead of NotAction"#;
    assert_eq!(helps("main.tf", &text, "POD102", &STATED), [words]);
}

#[test]
fn a_help_for_a_template_has_the_names_of_its_properties() {
    let template = r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {
"Cluster": {"Type": "AWS::EKS::Cluster", "Properties": {"Name": "prod", "RoleArn": "arn:aws:iam::111122223333:role/eks", "ResourcesVpcConfig": {"SubnetIds": ["subnet-1"]}}},
"Db": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "db-a", "Tags": [{"Key": "kubernetes-namespace", "Value": "dev"}]}},
"Reader": {"Type": "AWS::IAM::Role", "Properties": {
  "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
  "Policies": [{"PolicyName": "read", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*",
    "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
    "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}]}}]}},
"Association": {"Type": "AWS::EKS::PodIdentityAssociation", "Properties": {"ClusterName": {"Ref": "Cluster"}, "Namespace": "dev", "ServiceAccount": "a",
  "DisableSessionTags": true, "RoleArn": {"Fn::GetAtt": ["Reader", "Arn"]}}}
}}"#;
    let arguments = ["--region", "us-east-1", STATED[0], STATED[1]];
    let words = r#"set "DisableSessionTags": false"#;
    assert_eq!(helps("stack.json", template, "POD210", &arguments), [words]);
}
