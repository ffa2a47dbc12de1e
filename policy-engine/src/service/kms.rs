//! The service of the keys.

use super::profile::ServiceProfile;

/// AWS Key Management Service.
pub static KMS: ServiceProfile = ServiceProfile {
    service: "kms",
    noun: "key",
    kind: "keys",
    object_type: None,
    arn_services: &["kms"],
    resource: "key/",
    example: "key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f",
    read: &["kms:Decrypt"],
    rotate: &["kms:Decrypt"],
    values: &["kms:Decrypt"],
    replaces: &[],
    tags: "kms:TagResource",
    shares: &["kms:PutKeyPolicy", "kms:CreateGrant"],
    lists: "kms:ListKeys",
    batch: None,
    by_path: None,
    tag_keys: &["aws:ResourceTag/"],
    arn_key: None,
    // AWS: docs/semantics.md#keys-per-action
    carried: &[
        (
            &["kms:decrypt", "kms:generatedatakey", "kms:encrypt"],
            &[
                "kms:calleraccount",
                "kms:encryptionalgorithm",
                "kms:encryptioncontext:",
                "kms:encryptioncontextkeys",
                "kms:requestalias",
                "kms:viaservice",
                "kms:recipientattestation:",
                "kms:keyorigin",
                "kms:keyspec",
                "kms:keyusage",
                "kms:multiregion",
                "kms:multiregionkeytype",
                "aws:resourcetag/",
                "kms:resourcealiases",
            ],
        ),
        (
            &["kms:describekey"],
            &[
                "kms:calleraccount",
                "kms:requestalias",
                "kms:viaservice",
                "kms:keyorigin",
                "kms:keyspec",
                "kms:keyusage",
                "kms:multiregion",
                "kms:multiregionkeytype",
                "aws:resourcetag/",
                "kms:resourcealiases",
            ],
        ),
    ],
    encryption_context: &[],
    key_uses: &[],
};
