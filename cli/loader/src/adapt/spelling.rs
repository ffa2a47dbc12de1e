//! The attributes of nouns, each in all spellings: Terraform's, then CloudFormation's, then those of AWS answers and Kubernetes objects.
//!
//! No language uses a spelling of another one for something else of the same noun, so the first spelling that is set counts.

/// An attribute by all its spellings.
pub(crate) type Names = &'static [&'static str];

pub(crate) const ACCOUNTS: Names = &["accounts"];
pub(crate) const ADDON_NAME: Names = &["addon_name", "AddonName"];
pub(crate) const ADDON_NAMESPACE: Names = &["namespace_config", "NamespaceConfig"];
pub(crate) const ALIASES: Names = &["Aliases"];
pub(crate) const ASSOCIATIONS: Names = &["pod_identity_association", "PodIdentityAssociations"];
pub(crate) const ATTACHED: Names = &[
    "managed_policy_arns",
    "ManagedPolicyArns",
    "AttachedManagedPolicies",
];
pub(crate) const BOUNDARY: Names = &["permissions_boundary", "PermissionsBoundary"];
pub(crate) const CLUSTER: Names = &["cluster_name", "ClusterName", "clusterName"];
pub(crate) const CONSTRAINTS: Names = &["constraints", "Constraints"];
pub(crate) const CONTENT: Names = &["content", "Content"];
pub(crate) const CONTEXT_EQUALS: Names = &["encryption_context_equals", "EncryptionContextEquals"];
pub(crate) const CONTEXT_SUBSET: Names = &["encryption_context_subset", "EncryptionContextSubset"];
pub(crate) const DELETED: Names = &["DeletedDate"];
pub(crate) const KEY_STATE: Names = &["KeyState"];
pub(crate) const ENABLED: Names = &["is_enabled", "Enabled"];
pub(crate) const EXTERNAL_ID: Names = &["external_id", "externalId"];
pub(crate) const GRANTEE: Names = &["grantee_principal", "GranteePrincipal"];
pub(crate) const GRANTS: Names = &["Grants"];
pub(crate) const ID: Names = &["id"];
pub(crate) const IDENTITY: Names = &["identity"];
pub(crate) const INLINE: Names = &["inline_policy", "Policies", "RolePolicyList"];
pub(crate) const KEY: Names = &["key", "Key", "TagKey"];
pub(crate) const KEY_ID: Names = &["kms_key_id", "key_id", "KmsKeyId", "KeyId"];
pub(crate) const KEY_MANAGER: Names = &["KeyManager"];
pub(crate) const KEY_SPEC: Names = &[
    "customer_master_key_spec",
    "KeySpec",
    "CustomerMasterKeySpec",
];
pub(crate) const KEY_USAGE: Names = &["key_usage", "KeyUsage"];
pub(crate) const MANAGEMENT: Names = &["master_account_id"];
pub(crate) const NAMESPACE: Names = &["namespace", "Namespace"];
pub(crate) const OPERATIONS: Names = &["operations", "Operations"];
pub(crate) const PARENT: Names = &["parent_id"];
pub(crate) const POLICY: Names = &[
    "policy",
    "PolicyDocument",
    "ResourcePolicy",
    "KeyPolicy",
    "Policy",
];
pub(crate) const POLICY_ARN: Names = &["policy_arn", "PolicyArn"];
pub(crate) const POLICY_ARNS: Names = &["policy_arns"];
pub(crate) const POLICY_NAME: Names = &["name", "PolicyName"];
pub(crate) const POLICY_NAMES: Names = &["policy_names"];
pub(crate) const POLICY_TYPE: Names = &["type", "Type"];
pub(crate) const PRINCIPALS: Names = &["Principals"];
pub(crate) const REGION: Names = &["region", "Region"];
pub(crate) const REPLICAS: Names = &["replica", "ReplicaRegions", "ReplicationStatus"];
pub(crate) const RESOURCES: Names = &["ResourceArns"];
pub(crate) const ROLE: Names = &["role", "role_name", "RoleName"];
pub(crate) const ROLES: Names = &["roles", "Roles"];
pub(crate) const ROLE_ARN: Names = &["role_arn", "RoleArn", "roleArn"];
pub(crate) const ROOTS: Names = &["roots"];
pub(crate) const SECRET: Names = &["secret_arn", "secret_id", "SecretId"];
pub(crate) const SERVICE: Names = &["service_name", "ServiceName"];
pub(crate) const SERVICE_ACCOUNT: Names = &["service_account", "ServiceAccount", "serviceAccount"];
pub(crate) const SESSION_TAGS_OFF: Names = &[
    "disable_session_tags",
    "DisableSessionTags",
    "disableSessionTags",
];
pub(crate) const SHARES: Names = &["Shares"];
pub(crate) const TAGS: Names = &["tags", "Tags"];
pub(crate) const TARGETS: Names = &["TargetIds"];
pub(crate) const TARGET_KEY: Names = &["target_key_id", "TargetKeyId"];
pub(crate) const TARGET_ROLE_ARN: Names = &["target_role_arn", "TargetRoleArn", "targetRoleArn"];
pub(crate) const TIER: Names = &["tier", "Tier"];
pub(crate) const TRUST: Names = &["assume_role_policy", "AssumeRolePolicyDocument"];
pub(crate) const TYPE: Names = &["type", "Type"];
pub(crate) const UNIQUE_ID: Names = &["unique_id", "RoleId"];
pub(crate) const VALUE: Names = &["value", "Value", "TagValue"];
pub(crate) const VPC: Names = &["vpc_id", "VpcId"];
