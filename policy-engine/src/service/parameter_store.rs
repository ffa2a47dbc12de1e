//! Parameter Store.

use super::profile::{EncryptionValue, KeyUse, ServiceProfile};

/// Parameter Store of AWS Systems Manager.
pub static PARAMETER_STORE: ServiceProfile = ServiceProfile {
    service: "ssm",
    noun: "parameter",
    kind: "parameters",
    object_type: Some("ssmparameter"),
    arn_services: &["ssm", "ssmparameter"],
    resource: "parameter/",
    example: "parameter/other/db",
    read: &["ssm:GetParameters"],
    rotate: &["ssm:GetParameters"],
    values: &[
        "ssm:GetParameters",
        "ssm:GetParameter",
        "ssm:GetParametersByPath",
        "ssm:GetParameterHistory",
    ],
    replaces: &["ssm:PutParameter"],
    tags: "ssm:AddTagsToResource",
    shares: &["ssm:PutResourcePolicy"],
    lists: "ssm:DescribeParameters",
    batch: None,
    by_path: Some("ssm:GetParametersByPath"),
    tag_keys: &["aws:ResourceTag/", "ssm:resourceTag/"],
    arn_key: None,
    // AWS: docs/semantics.md#keys-per-action
    carried: &[
        (&["ssm:describeparameters"], &[]),
        (
            &[
                "ssm:getparameter",
                "ssm:getparameters",
                "ssm:getparameterhistory",
            ],
            &["aws:resourcetag/", "ssm:resourcetag/"],
        ),
        (&["ssm:getparametersbypath"], &["ssm:recursive"]),
    ],
    encryption_context: &[("PARAMETER_ARN", EncryptionValue::ObjectArn)],
    // AWS: docs/semantics.md#parameter-store-and-kms
    key_uses: &[
        KeyUse {
            actions: &[
                "ssm:getparameter",
                "ssm:getparameters",
                "ssm:getparameterhistory",
                "ssm:getparametersbypath",
            ],
            advanced: None,
            requests: &["kms:Decrypt"],
        },
        KeyUse {
            actions: &["ssm:putparameter"],
            advanced: Some(true),
            requests: &["kms:GenerateDataKey"],
        },
        KeyUse {
            actions: &["ssm:putparameter"],
            advanced: Some(false),
            requests: &["kms:Encrypt"],
        },
    ],
};
