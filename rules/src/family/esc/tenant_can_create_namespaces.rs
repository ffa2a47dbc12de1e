//! ESC118 `tenant-can-create-namespaces`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::texts;
use crate::finding::{Draft, Findings};
use crate::world::rbac::tenants;

rule! {
    /// Flags a tenant of a cluster with permission to create namespaces, if policies separate tenants by the name of the
    /// namespace.
    ///
    /// # Why it matters
    ///
    /// The tenant can create the namespace in the tag of a secret, or the namespace of an unused association, and its pods
    /// then have that identity. The rule skips cluster administrators and the subjects of Kubernetes itself.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// +apiVersion: rbac.authorization.k8s.io/v1
    /// +kind: ClusterRole
    /// +metadata: { name: namespacer }
    /// +rules:
    /// +  - { apiGroups: [""], resources: [namespaces], verbs: [create] }
    /// +---
    /// +apiVersion: rbac.authorization.k8s.io/v1
    /// +kind: ClusterRoleBinding
    /// +metadata: { name: teams }
    /// +roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: namespacer }
    /// +subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: teams }]
    /// +---
    ///  apiVersion: secrets-store.csi.x-k8s.io/v1
    /// ```
    ///
    /// # Accepted
    ///
    /// Create namespaces, and bind tenants in their namespace only:
    ///
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata: { name: teams, namespace: dev }
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
    /// subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: teams }]
    /// ```
    ///
    /// # References
    ///
    /// * <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "ESC118" "tenant-can-create-namespaces", High Leak Medium,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Rbac, Policies], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let by_name = context.documents.iter().any(|document| {
        texts(document).any(|(_, text)| {
            text.text
                .literal()
                .contains("PrincipalTag/kubernetes-namespace")
        })
    });
    if !by_name {
        return;
    }
    for grant in tenants(context.inventory) {
        // A namespace lies in no namespace: only a binding for the whole cluster counts.
        let wide = grant.binding.namespace.is_none();
        let given = grant.gives(&[(&["create"], "", "namespaces")]);
        let Some((rule, ..)) = given.filter(|_| wide) else {
            continue;
        };
        let who = grant.subject.display();
        let message =
            format!("{who} can create namespaces, and policies identify tenants by the namespace");
        let draft = Draft::new(who, grant.binding.origin, "this binding", message)
            .because(&*grant.binding.name)
            .related(rule.origin, "granted here")
            .help("remove the permission, or restrict the names with an admission policy");
        findings.add(draft);
    }
}
