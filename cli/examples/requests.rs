//! Prints request files as JSON Lines, one question a line, to measure `simulate --request` with.
//!
//! The argument is how many. Half of them read a secret of their own namespace, half one of another.

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let count: usize = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(1_000);
    let mut out = BufWriter::new(io::stdout().lock());
    for number in 0..count {
        let (session, secret) = (number % 97, number % 97 + number % 2);
        writeln!(
            out,
            r#"{{"name":"q{number}","principal":"arn:aws:sts::111122223333:assumed-role/reader-{session}/app-{number}","action":"secretsmanager:GetSecretValue","resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:team-{secret}/db-AbCdEf","resourceAccount":"111122223333","context":{{"aws:PrincipalTag/kubernetes-namespace":"team-{session}","aws:PrincipalTag/eks-cluster-name":"prod","secretsmanager:ResourceTag/kubernetes-namespace":"team-{secret}","secretsmanager:ResourceTag/eks-cluster-name":"prod"}},"policies":{{"identity":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],"Resource":"arn:aws:secretsmanager:us-east-1:111122223333:secret:*","Condition":{{"StringEquals":{{"secretsmanager:ResourceTag/kubernetes-namespace":"${{aws:PrincipalTag/kubernetes-namespace}}","secretsmanager:ResourceTag/eks-cluster-name":"${{aws:PrincipalTag/eks-cluster-name}}"}}}}}}]}},"resource":{{"Version":"2012-10-17","Statement":{{"Sid":"OwnNamespace","Effect":"Deny","Principal":"*","Action":"secretsmanager:*","Resource":"*","Condition":{{"StringNotEquals":{{"aws:PrincipalTag/kubernetes-namespace":"${{secretsmanager:ResourceTag/kubernetes-namespace}}"}}}}}}}}}}}}"#
        )?;
    }
    out.flush()
}
