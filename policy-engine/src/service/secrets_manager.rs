//! Secrets Manager.

use super::profile::{EncryptionValue, KeyUse, ServiceProfile};

/// AWS Secrets Manager.
pub static SECRETS_MANAGER: ServiceProfile = ServiceProfile {
    service: "secretsmanager",
    noun: "secret",
    kind: "secrets",
    object_type: Some("secretsmanager"),
    arn_services: &["secretsmanager"],
    resource: "secret:",
    example: "secret:other/db-AbCdEf",
    read: &["secretsmanager:GetSecretValue"],
    rotate: &[
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    ],
    values: &["secretsmanager:GetSecretValue"],
    replaces: &[
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecret",
    ],
    tags: "secretsmanager:TagResource",
    shares: &[
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:DeleteResourcePolicy",
    ],
    lists: "secretsmanager:ListSecrets",
    batch: Some("secretsmanager:BatchGetSecretValue"),
    by_path: None,
    tag_keys: &["aws:ResourceTag/", "secretsmanager:ResourceTag/"],
    arn_key: Some("secretsmanager:SecretId"),
    // AWS: docs/semantics.md#keys-per-action
    carried: &[
        (
            &["secretsmanager:getsecretvalue"],
            &[
                "aws:resourcetag/",
                "secretsmanager:resourcetag/",
                "secretsmanager:secretid",
                "secretsmanager:versionid",
                "secretsmanager:versionstage",
                "secretsmanager:secretprimaryregion",
                "secretsmanager:resource/allowrotationlambdaarn",
                "secretsmanager:resource/type",
            ],
        ),
        (
            &[
                "secretsmanager:describesecret",
                "secretsmanager:getresourcepolicy",
                "secretsmanager:listsecretversionids",
                "secretsmanager:putsecretvalue",
            ],
            &[
                "aws:resourcetag/",
                "secretsmanager:resourcetag/",
                "secretsmanager:secretid",
                "secretsmanager:secretprimaryregion",
                "secretsmanager:resource/allowrotationlambdaarn",
                "secretsmanager:resource/type",
            ],
        ),
        (
            &[
                "secretsmanager:batchgetsecretvalue",
                "secretsmanager:listsecrets",
                "secretsmanager:getrandompassword",
            ],
            &[],
        ),
    ],
    encryption_context: &[
        ("SecretARN", EncryptionValue::ObjectArn),
        ("SecretVersionId", EncryptionValue::Version),
    ],
    // AWS: docs/semantics.md#secrets-manager-and-kms
    key_uses: &[
        KeyUse {
            actions: &["secretsmanager:getsecretvalue"],
            advanced: None,
            requests: &["kms:Decrypt"],
        },
        KeyUse {
            actions: &[
                "secretsmanager:putsecretvalue",
                "secretsmanager:updatesecret",
            ],
            advanced: None,
            requests: &["kms:GenerateDataKey", "kms:Decrypt"],
        },
    ],
};
