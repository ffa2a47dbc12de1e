//! Which callers and resources the policies of an organization limit, and which calls can cross accounts
//! (docs/semantics.md#service-control-policies, docs/semantics.md#resource-control-policies,
//! docs/semantics.md#cross-account).

use super::{context::View, policies::Policies};
use crate::{
    policy::set::PolicySet,
    request::{Action, Principal, Request},
    uncertainty::Uncertainty,
};
use std::sync::Arc;

/// Services whose resources are under resource control policies: the catalogue of 21 August 2026.
const RCP_SERVICES: [&str; 44] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "cloudfront",
    "cloudsearch",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "cost-optimization-hub",
    "dax",
    "dynamodb",
    "ecr",
    "events",
    "firehose",
    "fis",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "opensearch",
    "pca-connector-ad",
    "polly",
    "pricing",
    "s3",
    "secretsmanager",
    "signin",
    "sqs",
    "sts",
    "support",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
];

/// Calls on KMS keys that another account may make.
const KMS_ACROSS: [&str; 20] = [
    "encrypt",
    "decrypt",
    "reencryptfrom",
    "reencryptto",
    "generatedatakey",
    "generatedatakeypair",
    "generatedatakeypairwithoutplaintext",
    "generatedatakeywithoutplaintext",
    "sign",
    "verify",
    "generatemac",
    "verifymac",
    "derivesharedsecret",
    "creategrant",
    "describekey",
    "getkeyrotationstatus",
    "getpublickey",
    "listgrants",
    "retiregrant",
    "revokegrant",
];

/// Calls on parameters that another account may make, where a parameter is shared.
const SSM_ACROSS: [&str; 4] = [
    "getparameter",
    "getparameters",
    "getparameterhistory",
    "describeparameters",
];

/// The service control policies that limit the caller.
pub(super) fn scps<'a>(
    request: &Request,
    policies: &Policies<'a>,
    view: &View<'_>,
) -> Option<&'a [Arc<PolicySet>]> {
    let levels = policies.scp?;
    if request.traits.principal_in_management_account {
        return None;
    }
    let binds = match &request.principal {
        Principal::Session { role, .. } => !is_service_linked(role.literal()),
        Principal::Root { .. } | Principal::User { .. } | Principal::FederatedUser { .. } => true,
        // The call is unsigned: it has no account, and so no policies of an account.
        Principal::WebIdentity { .. } => view.takes_other(Uncertainty::SCP_WEB_IDENTITY),
        Principal::Service(_) | Principal::Anonymous => false,
    };
    binds.then_some(levels)
}

/// The resource control policies that limit the resource.
pub(super) fn rcps<'a>(
    request: &Request,
    policies: &Policies<'a>,
    view: &View<'_>,
) -> Option<&'a [Arc<PolicySet>]> {
    let levels = policies.rcp?;
    let service_linked = match &request.principal {
        Principal::Session { role, .. } => is_service_linked(role.literal()),
        _ => false,
    };
    let exempt = request.traits.resource_in_management_account
        || request.traits.aws_managed_key
        || service_linked
        || request.action.is("kms:retiregrant")
        || !RCP_SERVICES.contains(&request.action.service());
    if exempt {
        return None;
    }
    // AWS Organizations User Guide, "RCP effects on permissions": without a resource, those of the caller's account.
    let names_nothing = request.resource.text().known() == Some("*");
    let applies = !names_nothing
        || (request.principal.account().is_some()
            && !view.takes_other(Uncertainty::RCP_WITHOUT_RESOURCE));
    applies.then_some(levels)
}

/// Whether a role is a service-linked role, by its path; the name does not decide it.
fn is_service_linked(role: &str) -> bool {
    role.split_once(":role/")
        .is_some_and(|(_, path)| path.starts_with("aws-service-role/"))
}

/// Whether an action can be used on a resource of another account.
pub fn crosses_accounts(action: &Action) -> bool {
    match action.service() {
        "kms" => KMS_ACROSS.contains(&action.operation()),
        "ssm" => SSM_ACROSS.contains(&action.operation()),
        "secretsmanager" => !matches!(
            action.operation(),
            "listsecrets" | "batchgetsecretvalue" | "getrandompassword"
        ),
        _ => true,
    }
}
