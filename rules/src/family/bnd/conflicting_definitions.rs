//! BND102 `conflicting-definitions`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::sighting::SightingKind;

rule! {
    /// Flags a role, secret, key, association, class or other object with two different definitions in sources of the same
    /// kind: two manifests, two plans, or two answers of AWS.
    ///
    /// # Why it matters
    ///
    /// Only one definition can be deployed. The other findings of this run use the later definition and do not examine the
    /// first one.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// +apiVersion: secrets-store.csi.x-k8s.io/v1
    /// +kind: SecretProviderClass
    /// +metadata: { name: app, namespace: dev }
    /// +spec:
    /// +  provider: aws
    /// +  parameters: { region: us-east-1, usePodIdentity: "true", objects: "" }
    /// +---
    ///  apiVersion: secrets-store.csi.x-k8s.io/v1
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the outdated definition. For manifests of several clusters, set `cluster` per directory in a world file; render
    /// kustomize overlays first, and check the rendered manifests:
    ///
    /// ```yaml
    /// include:
    ///   - { path: manifests/prod, cluster: prod }
    ///   - { path: manifests/test, cluster: test }
    /// ```
    ///
    /// # When to allow it
    ///
    /// The rule reports nothing if one source overrides another by design, such as a world file and a plan: a note names both
    /// places. It also skips kustomize overlays, which are not complete manifests.
    ///
    /// # References
    ///
    /// * <https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/>
    "BND102" "conflicting-definitions", High Fragile High,
    needs: [], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        if sighting.kind != SightingKind::Conflict {
            continue;
        }
        let what = sighting.what.as_str();
        let message = format!("two definitions of {what} differ");
        let draft = Draft::new(
            what,
            sighting.origin,
            "`check` uses this definition",
            message,
        )
        .related(sighting.other, "`check` ignores this definition")
        .help("remove one definition, or check each environment in its own run")
        .because(what);
        findings.add(draft);
    }
}
