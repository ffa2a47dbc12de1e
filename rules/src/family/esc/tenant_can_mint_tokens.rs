//! ESC119 `tenant-can-mint-tokens`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::world::rbac::{Right, homes, synced, tenants};

rule! {
    /// Flags a tenant of a cluster with permission to create tokens of service accounts, to impersonate them, or to read
    /// synced Kubernetes Secrets, in namespaces of other tenants.
    ///
    /// # Why it matters
    ///
    /// A token is the identity of a pod: with it the tenant can get the pod's AWS credentials and read its secrets. A synced
    /// Secret contains the value itself. The rule skips cluster administrators and the subjects of Kubernetes itself, and
    /// treats a group with a binding in a namespace as its owner.
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
    ///
    /// # Accepted
    ///
    /// Remove `serviceaccounts/token` from the role, or bind it in the tenant's own namespace:
    ///
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata: { name: reader }
    /// rules:
    ///   - { apiGroups: [""], resources: [serviceaccounts], verbs: [get, list] }
    /// ```
    ///
    /// # References
    ///
    /// * <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
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
        let reach = reached(&IDENTITIES, homes(context.inventory, cluster));
        let reach = reach.or_else(|| reached(&VALUES, synced(context.inventory, cluster)));
        let Some(((rule, verb, resource), namespace)) = reach else {
            continue;
        };
        let who = grant.subject.display();
        let what = if resource == "secrets" {
            "where Secrets contain synced values"
        } else {
            "and can therefore use the AWS identity of each service account there"
        };
        let message = format!("{who} can {verb} {resource} in `{namespace}`, {what}");
        let draft = Draft::new(who, grant.binding.origin, "this binding", message)
            .because(&*grant.binding.name)
            .related(rule.origin, "granted here")
            .help("replace the binding with a RoleBinding in the subject's own namespace");
        findings.add(draft);
    }
}
