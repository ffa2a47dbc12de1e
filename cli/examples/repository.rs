//! Writes a repository to measure `check` with: `cargo run --example repository -- FOLDER COUNT`.
//!
//! Half of the files are identity policies under `policies/`, a quarter manifests, a quarter associations: one team, one
//! namespace, one role and one secret for every four files. All roles stand in one answer of AWS, all secrets in one
//! state of Terraform.

#![expect(
    clippy::unwrap_used,
    reason = "an example without a folder to write to has nothing else to say"
)]

use std::{fs, path::Path};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap();
    let count: usize = arguments.next().unwrap().parse().unwrap();
    let folder = Path::new(&folder);
    for part in ["policies", "k8s", "aws"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    let cluster =
        r#"{"cluster":{"name":"prod","arn":"arn:aws:eks:us-east-1:111122223333:cluster/prod"}}"#;
    fs::write(folder.join("aws/cluster.json"), cluster).unwrap();
    for team in 0..count / 4 {
        for kind in ["read", "write"] {
            fs::write(
                folder.join(format!("policies/{kind}-{team}.json")),
                policy(team, kind),
            )
            .unwrap();
        }
        fs::write(
            folder.join(format!("k8s/team-{team}.yaml")),
            manifests(team),
        )
        .unwrap();
        let file = format!("aws/association-{team}.json");
        fs::write(folder.join(file), association(team)).unwrap();
    }
    let all = |make: fn(usize) -> String| {
        let made: Vec<_> = (0..count / 4).map(make).collect();
        made.join(",")
    };
    let roles = format!("{{\"RoleDetailList\":[{}],\"Policies\":[]}}\n", all(role));
    fs::write(folder.join("aws/roles.json"), roles).unwrap();
    let head = "{\"version\":4,\"terraform_version\":\"1.11.4\",\"resources\":[";
    let secrets = format!("{head}{}]}}\n", all(secret));
    fs::write(folder.join("aws/secrets.tfstate"), secrets).unwrap();
}

fn policy(team: usize, kind: &str) -> String {
    let actions = if kind == "read" {
        r#"["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]"#
    } else {
        r#"["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"]"#
    };
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Sid": "{kind}",
      "Effect": "Allow",
      "Action": {actions},
      "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:team-{team}/*",
      "Condition": {{
        "StringEquals": {{
          "aws:ResourceTag/kubernetes-namespace": "${{aws:PrincipalTag/kubernetes-namespace}}",
          "aws:ResourceTag/eks-cluster-arn": "${{aws:PrincipalTag/eks-cluster-arn}}"
        }}
      }}
    }},
    {{
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::team-{team}", "arn:aws:s3:::team-{team}/*"]
    }}
  ]
}}
"#
    )
}

fn manifests(team: usize) -> String {
    format!(
        "apiVersion: v1
kind: ServiceAccount
metadata:
  name: app
  namespace: team-{team}
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata:
  name: app
  namespace: team-{team}
spec:
  provider: aws
  parameters:
    usePodIdentity: \"true\"
    region: us-east-1
    objects: |
      - objectName: team-{team}/db
        objectType: secretsmanager
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  namespace: team-{team}
spec:
  template:
    spec:
      serviceAccountName: app
      containers:
        - name: app
          image: example.com/app:1
      volumes:
        - name: secrets
          csi:
            driver: secrets-store.csi.k8s.io
            readOnly: true
            volumeAttributes:
              secretProviderClass: app
"
    )
}

fn association(team: usize) -> String {
    format!(
        r#"{{
  "association": {{
    "clusterName": "prod",
    "namespace": "team-{team}",
    "serviceAccount": "app",
    "roleArn": "arn:aws:iam::111122223333:role/team-{team}",
    "associationArn": "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/a-{team}",
    "associationId": "a-{team}",
    "disableSessionTags": false
  }}
}}
"#
    )
}

fn secret(team: usize) -> String {
    format!(
        r#"
  {{
    "mode": "managed", "type": "aws_secretsmanager_secret", "name": "team_{team}",
    "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
    "instances": [{{ "schema_version": 0, "attributes": {{
      "arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:team-{team}/db-AbCdEf",
      "name": "team-{team}/db", "kms_key_id": "", "policy": "", "replica": [],
      "tags": {{ "kubernetes-namespace": "team-{team}" }}, "tags_all": {{ "kubernetes-namespace": "team-{team}" }}
    }} }}]
  }}"#
    )
}

fn role(team: usize) -> String {
    format!(
        r#"
  {{
    "RoleName": "team-{team}",
    "RoleId": "AROA5XQ3N7ZKD{team:08}",
    "Arn": "arn:aws:iam::111122223333:role/team-{team}",
    "AssumeRolePolicyDocument": {{
      "Version": "2012-10-17",
      "Statement": [{{
        "Effect": "Allow",
        "Principal": {{ "Service": "pods.eks.amazonaws.com" }},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {{ "StringEquals": {{ "aws:SourceAccount": "111122223333" }} }}
      }}]
    }},
    "RolePolicyList": [{{
      "PolicyName": "read",
      "PolicyDocument": {{
        "Version": "2012-10-17",
        "Statement": [{{
          "Effect": "Allow",
          "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
          "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:team-{team}/db-??????",
          "Condition": {{
            "StringEquals": {{
              "aws:ResourceTag/kubernetes-namespace": "${{aws:PrincipalTag/kubernetes-namespace}}"
            }}
          }}
        }}]
      }}
    }}],
    "AttachedManagedPolicies": [],
    "Tags": []
  }}"#
    )
}
