//! VPC endpoints.

use super::{
    batch::Batch,
    document,
    spelling::{POLICY, SERVICE, VPC},
};
use crate::resource::{Exists, Resource};
use policy_engine::{
    inventory::{Attribute, Endpoint},
    policy::PolicyType,
};

/// The services whose VPC endpoints matter here.
const SERVICES: [&str; 5] = ["secretsmanager", "ssm", "kms", "sts", "eks-auth"];

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let Some(name) = resource.shown(SERVICE) else {
        return;
    };
    let Some(service) = service(&name.value) else {
        return;
    };
    let policy = match &resource.exists {
        Exists::Yes => {
            let kind = PolicyType::Endpoint;
            document::known(batch.policy(resource, POLICY, kind, "endpoint policy"))
        }
        Exists::Unknown(hole) => batch.anything(
            hole,
            PolicyType::Endpoint,
            "endpoint policy",
            resource.origin,
        ),
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
