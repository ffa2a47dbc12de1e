//! ESC120 `tenant-can-run-pods-elsewhere`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::world::rbac::{Right, homes, tenants};

rule! {
    /// Flags a tenant of a cluster with permission to run pods, or to execute commands in pods, in a namespace of other
    /// tenants with an AWS identity.
    ///
    /// # Why it matters
    ///
    /// A pod in that namespace can use its service accounts and so gets their AWS roles and secrets. The rule skips cluster
    /// administrators and the subjects of Kubernetes itself, and treats a group with a binding in a namespace as its owner.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// +apiVersion: rbac.authorization.k8s.io/v1
    /// +kind: Role
    /// +metadata: { name: deployer, namespace: dev }
    /// +rules:
    /// +  - { apiGroups: [apps], resources: [deployments], verbs: [create] }
    /// +---
    /// +apiVersion: rbac.authorization.k8s.io/v1
    /// +kind: RoleBinding
    /// +metadata: { name: qa-deploys, namespace: dev }
    /// +roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer }
    /// +subjects: [{ kind: ServiceAccount, name: app, namespace: qa }]
    /// +---
    ///  apiVersion: secrets-store.csi.x-k8s.io/v1
    /// ```
    ///
    /// # Accepted
    ///
    /// Bind the tenant in its own namespace only:
    ///
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata: { name: qa-deploys, namespace: qa }
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer }
    /// subjects: [{ kind: ServiceAccount, name: app, namespace: qa }]
    /// ```
    ///
    /// # References
    ///
    /// * <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    "ESC120" "tenant-can-run-pods-elsewhere", High Leak Medium,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Rbac], aws: [], fix: None, Check::World(check);
}

const RIGHTS: [Right; 10] = [
    (&["create"], "", "pods"),
    (&["create", "get"], "", "pods/exec"),
    (&["update", "patch"], "", "pods/ephemeralcontainers"),
    (&["create", "update", "patch"], "apps", "deployments"),
    (&["create", "update", "patch"], "apps", "statefulsets"),
    (&["create", "update", "patch"], "apps", "daemonsets"),
    (&["create", "update", "patch"], "apps", "replicasets"),
    (&["create"], "batch", "jobs"),
    (&["create", "update", "patch"], "batch", "cronjobs"),
    (&["create", "update", "patch"], "", "replicationcontrollers"),
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for grant in tenants(context.inventory) {
        let homes = homes(context.inventory, &grant.binding.cluster);
        // Somebody bound everywhere who finds one home only may well be its owner.
        let sole = grant.subject.namespace.is_none() && homes.len() < 2;
        let namespace = grant.reaches(&homes).filter(|_| !sole);
        let Some((namespace, (rule, verb, resource))) = namespace.zip(grant.gives(&RIGHTS)) else {
            continue;
        };
        let who = grant.subject.display();
        let message = format!(
            "{who} can {verb} {resource} in `{namespace}`, and can therefore obtain the AWS roles of its service accounts"
        );
        let draft = Draft::new(who, grant.binding.origin, "this binding", message)
            .because(&*grant.binding.name)
            .related(rule.origin, "granted here")
            .help("replace the binding with a RoleBinding in the subject's own namespace");
        findings.add(draft);
    }
}
