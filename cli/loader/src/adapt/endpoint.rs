//! VPC endpoints.

use super::{
    batch::Batch,
    spelling::{POLICY, SERVICE, VPC},
};
use crate::resource::Resource;
use policy_engine::{
    inventory::{Attribute, Endpoint},
    policy::PolicyType,
};

/// The services whose VPC endpoints pods call.
const SERVICES: [&str; 5] = ["secretsmanager", "ssm", "kms", "sts", "eks-auth"];

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let Some(name) = resource.shown(SERVICE) else {
        return;
    };
    let Some(service) = service(&name.value) else {
        return;
    };
    let (kind, called) = (PolicyType::Endpoint, "endpoint policy");
    let policy = match batch.policy(resource, POLICY, kind, called) {
        Attribute::Known(document) => Some(document),
        Attribute::Absent => None,
        Attribute::Unknown(hole) => batch.anything(&hole, kind, called, resource.origin),
    };
    let endpoint = Endpoint {
        id: resource.name.value.clone(),
        account: resource.home.account.clone().unwrap_or_default(),
        service,
        vpc: match resource.exact(VPC) {
            Attribute::Known(vpc) => Some(vpc.value),
            Attribute::Absent | Attribute::Unknown(_) => None,
        },
        policy,
        origin: resource.origin,
    };
    batch.loading.inventory.endpoints.push(endpoint);
}

/// The service of a VPC endpoint by its name (`com.amazonaws.eu-west-1.kms`), when it is one that matters here.
fn service(name: &str) -> Option<String> {
    let service = name.rsplit('.').next()?;
    SERVICES.contains(&service).then(|| service.to_owned())
}
