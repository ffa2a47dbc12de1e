//! Five mistakes that other linters miss, in a repository of nothing but policies: each is found once, at its place.

use crate::support::run_in;
use std::fs;

const TRUST: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": { "Service": "pods.eks.amazonaws.com" },
    "Action": "sts:AssumeRole"
  }]
}
"#;

const READ: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "secretsmanager:GetSecretValue",
      "Resource": "*",
      "Condition": { "StringEquals": {
        "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes_namespace}"
      } }
    },
    {
      "Effect": "Allow",
      "Action": "secretsmanager:DescribeSecret",
      "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db"
    }
  ]
}
"#;

const BATCH: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
      "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/*"
    },
    {
      "Effect": "Allow",
      "Action": "secretsmanager:GetSecretValue",
      "Resource": "*",
      "Condition": { "StringEqualsIfExists": {
        "aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"
      } }
    }
  ]
}
"#;

#[test]
fn five_planted_mistakes_are_reported_once_each() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("trust.json", TRUST);
    write("read.json", READ);
    write("batch.json", BATCH);
    let run = run_in(folder.path(), &["check", "--output", "json"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let answer = run.json();
    let findings = answer["findings"].as_array().unwrap().iter();
    let mut reported: Vec<_> = findings
        .filter(|finding| finding["severity"] != "info")
        .map(|finding| {
            let place = &finding["locations"][0];
            format!(
                "{} {}:{}",
                finding["code"].as_str().unwrap(),
                place["file"].as_str().unwrap(),
                place["line"]
            )
        })
        .collect();
    reported.sort();
    assert_eq!(
        reported,
        [
            "POD102 trust.json:6",
            "REQ104 batch.json:6",
            "SCT109 read.json:15",
            "TAG101 read.json:9",
            "TAG106 batch.json:13",
        ],
        "{}",
        run.out
    );
}
