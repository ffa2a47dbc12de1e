//! The words that requests are made of: few, and made to collide.

/// Actions and what they ask for.
pub(crate) const QUESTIONS: &[(&str, &str)] = &[
    (
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:us-east-1:111111111111:secret:team-a/db-AbCdEf",
    ),
    (
        "SecretsManager:getsecretvalue",
        "arn:aws:secretsmanager:us-east-1:222222222222:secret:team-a/db-AbCdEf",
    ),
    ("secretsmanager:ListSecrets", "*"),
    (
        "ssm:GetParameters",
        "arn:aws:ssm:us-east-1:111111111111:parameter/team-a/db",
    ),
    (
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:111111111111:key/1234abcd",
    ),
    (
        "kms:GenerateDataKey",
        "arn:aws:kms:us-east-1:222222222222:key/1234abcd",
    ),
    ("sts:AssumeRole", "arn:aws:iam::111111111111:role/app"),
    ("sts:TagSession", "arn:aws:iam::222222222222:role/app"),
    (
        "sts:AssumeRoleWithWebIdentity",
        "arn:aws:iam::111111111111:role/app",
    ),
    ("sts:GetCallerIdentity", "*"),
    ("s3:GetObject", "arn:aws:s3:::bucket/key"),
    ("x:é", "not an ARN"),
];

/// Callers.
pub(crate) const CALLERS: &[&str] = &[
    "arn:aws:sts::111111111111:assumed-role/app/pod",
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:iam::111111111111:role/team/path-app",
    "arn:aws:sts::222222222222:assumed-role/app/pod",
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::111111111111:root",
    "arn:aws:iam::222222222222:root",
    "arn:aws:sts::111111111111:federated-user/fred",
];

/// Principals of policies and grants.
pub(crate) const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:sts::111111111111:assumed-role/app/pod",
    "111111111111",
    "arn:aws:iam::111111111111:root",
    "222222222222",
    "arn:aws:iam::222222222222:role/app",
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:sts::111111111111:federated-user/fred",
    "AROAAPP",
    "*",
];

/// Patterns of actions.
pub(crate) const ACTIONS: &[&str] = &[
    "*",
    "secretsmanager:*",
    "secretsmanager:GetSecretValue",
    "SECRETSMANAGER:?et*",
    "ssm:*",
    "kms:*",
    "kms:Decrypt",
    "sts:*",
    "sts:AssumeRole",
    "sts:AssumeRole*",
    "s3:*",
    "x:?",
];

/// Patterns of resources.
pub(crate) const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:secretsmanager:*:*:secret:*",
    "arn:aws:secretsmanager:*:111111111111:secret:team-a/db-??????",
    "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*",
    "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team, 'team-a'}/*",
    "arn:aws:secretsmanager:*:${aws:PrincipalAccount}:secret:*",
    "arn:aws:secretsmanager:*:*:secret:${*}*",
    "arn:aws:secretsmanager:*",
    "arn:aws:secretsmanager:us-east-1",
    "arn:${aws:PrincipalTag/team}:*",
    "arn:aws:ssm:*:*:parameter/team-${aws:TagKeys}/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:iam::*:role/*",
    "arn:aws:s3:::bucket/*",
    "arn:*",
    "",
    "é:${",
];

/// Condition keys.
pub(crate) const KEYS: &[&str] = &[
    "aws:PrincipalTag/team",
    "AWS:principaltag/TEAM",
    "aws:ResourceTag/team",
    "secretsmanager:ResourceTag/team",
    "aws:RequestTag/team",
    "aws:TagKeys",
    "sts:TransitiveTagKeys",
    "aws:SourceVpce",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgPaths",
    "aws:SourceArn",
    "aws:ViaAWSService",
    "kms:ViaService",
    "kms:EncryptionContext:SecretARN",
    "kms:EncryptionContextKeys",
    "kms:ResourceAliases",
    "sts:ExternalId",
    "s3:max-keys",
    "é",
    "",
];

/// Condition operators.
pub(crate) const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotLike",
    "Null",
];

/// Dates.
pub(crate) const DATES: &[&str] = &[
    "2026-01-01T00:00:00Z",
    "2026-01-01",
    "1767225600",
    "2024-02-29T23:59:60+14:00",
    "${aws:CurrentTime}",
];

/// Values of keys.
pub(crate) const VALUES: &[&str] = &[
    "a",
    "",
    "A",
    "team-a",
    "a*",
    "*",
    "É",
    "é",
    "İ",
    "true",
    "false",
    "5",
    "5.0",
    "-0",
    "1e3",
    "99999999999999999999999999999999999999999999.5",
    "10.0.0.1",
    "::ffff:10.0.0.1",
    "2026-01-01T00:00:00Z",
    "1767225600",
    "QQ==",
    "111111111111",
    "alias/aws/secretsmanager",
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:iam",
    "secretsmanager.us-east-1.amazonaws.com",
];

/// Values of policies beside those.
pub(crate) const PATTERNS: &[&str] = &[
    "?",
    "a?*",
    "${aws:PrincipalTag/team}",
    "${aws:PrincipalTag/team}*",
    "${aws:PrincipalTag/none, 'a'}",
    "${aws:TagKeys}",
    "${aws:MultiFactorAuthPresent}",
    "${*}",
    "${",
    "10.0.0.0/24",
    "::/0",
    "2001:db8::/32",
    "arn:*:iam::${aws:PrincipalAccount}:role/*",
    "arn:aws:*",
    "arn:aws:iam::111111111111:role/${aws:PrincipalTag/team}",
];
