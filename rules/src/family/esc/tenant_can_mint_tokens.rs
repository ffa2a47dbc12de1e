//! ESC119 `tenant-can-mint-tokens`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::world::rbac::{Right, homes, synced, tenants};

rule! {
    /// Flags a tenant of a cluster that may make tokens of service accounts or act as them, or read Kubernetes Secrets into which
    /// values of AWS are synced, in namespaces of others.
    ///
    /// # Why it matters
    ///
    /// A token is the pod's identity, and whoever has it reads its secrets from AWS; a synced Secret is the value itself.
    /// Administrators who may do everything, and subjects of Kubernetes itself, are not flagged; a group that is bound in a namespace is
    /// taken to own it.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// +apiVersion: rbac.authorization.k8s.io/v1
    /// +kind: ClusterRole
    /// +metadata: { name: minter }
    /// +rules:
    /// +  - { apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }
    /// +---
    /// +apiVersion: rbac.authorization.k8s.io/v1
    /// +kind: ClusterRoleBinding
    /// +metadata: { name: teams }
    /// +roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: minter }
    /// +subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: teams }]
    /// +---
    ///  apiVersion: secrets-store.csi.x-k8s.io/v1
    /// ```
    "ESC119" "tenant-can-mint-tokens", High Leak Medium,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Rbac], aws: [], fix: None, Check::World(check);
}

const IDENTITIES: [Right; 2] = [
    (&["create"], "", "serviceaccounts/token"),
    (&["impersonate"], "", "serviceaccounts"),
];
const VALUES: [Right; 1] = [(&["get", "list", "watch"], "", "secrets")];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for grant in tenants(context.inventory) {
        let cluster = &grant.binding.cluster;
        let reached = |rights: &[Right], namespaces| {
            let given = grant.gives(rights)?;
            Some((given, grant.reaches(&namespaces)?))
        };
        let found = reached(&IDENTITIES, homes(context.inventory, cluster));
        let found = found.or_else(|| reached(&VALUES, synced(context.inventory, cluster)));
        let Some(((rule, verb, resource), namespace)) = found else {
            continue;
        };
        let who = grant.subject.display();
        let what = if resource == "secrets" {
            "where values of AWS are synced"
        } else {
            "and so be whoever has an identity there"
        };
        let message = format!("{who} may {verb} {resource} in `{namespace}`, {what}");
        let draft = Draft::new(who, grant.binding.origin, "this binding", message)
            .because(&*grant.binding.name)
            .related(rule.origin, "granted here")
            .help("bind it in the subject's own namespace, by a RoleBinding");
        findings.add(draft);
    }
}
