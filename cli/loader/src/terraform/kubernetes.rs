//! Kubernetes objects that Terraform makes.

use super::{Facts, plan::Resource};
use crate::kubernetes::{self, object::ROLE_ANNOTATION};
use policy_engine::{
    inventory::{Pod, ServiceAccount},
    source::Spanned,
    syntax::node::Node,
};

impl Facts<'_, '_> {
    pub(super) fn service_account(&mut self, resource: &Resource<'_>) {
        let metadata = self.resolver.field(resource, "metadata");
        let Some(metadata) = metadata.as_ref().and_then(|node| node.as_list()?.first()) else {
            return;
        };
        let Some(name) = metadata.get("name").filter(|name| name.as_str().is_some()) else {
            return;
        };
        let namespace = metadata
            .get("namespace")
            .and_then(Node::as_str)
            .unwrap_or("default");
        let role = metadata.at(&["annotations", ROLE_ANNOTATION]);
        let irsa =
            role.and_then(|node| Some(Spanned::new(node.scalar_text()?.to_string(), node.origin)));
        self.loading
            .inventory
            .service_accounts
            .push(ServiceAccount {
                pod: Pod {
                    cluster: self.setting.cluster.clone(),
                    namespace: namespace.to_owned(),
                    service_account: name.as_str().unwrap_or("").to_owned(),
                },
                irsa,
                origin: name.origin,
            });
    }

    /// A chart: what it makes is only known once it is rendered.
    pub(super) fn release(&mut self, resource: &Resource<'_>) {
        let chart = self.named(resource, "chart");
        let chart = chart.map_or_else(String::new, |chart| format!(" `{}`", chart.value));
        let message = format!(
            "`{}` installs the chart{chart}, which is not read; render it with `helm template` and check the result as well",
            resource.address
        );
        self.loading
            .note(message, Some(self.resolver.place(resource)));
    }

    /// `manifest` of the Kubernetes provider, `yaml_body` of the other.
    pub(super) fn manifest(&mut self, resource: &Resource<'_>) {
        if let Some(manifest) = self.resolver.field(resource, "manifest") {
            kubernetes::object(self.loading, &manifest, self.setting);
            return;
        }
        let Some(body) = self.resolver.known(resource, "yaml_body") else {
            return;
        };
        // The places of a text inside a plan are all that of the resource.
        let documents = yaml::parse(body.origin.source, &body.value).unwrap_or_default();
        for document in documents {
            let placed = crate::value::moved(&document, body.origin);
            kubernetes::object(self.loading, &placed, self.setting);
        }
    }
}
