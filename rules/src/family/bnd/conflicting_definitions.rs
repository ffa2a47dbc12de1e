//! BND102 `conflicting-definitions`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::sighting::SightingKind;

rule! {
    /// Flags a role, secret, key, association, class or other object that two texts of one kind define differently: two manifests, two plans,
    /// two answers of AWS.
    ///
    /// # Why it matters
    ///
    /// Only one of them can be what is deployed. The other answers of this run rest on the later one, and say nothing about the first.
    ///
    /// Remove what is old. Manifests of several clusters go into a world file that says `cluster` for each directory; overlays of kustomize
    /// are rendered first, and the rendered manifests are checked.
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
    /// # When to allow it
    ///
    /// Where one source is meant to overrule another one, as a world file overrules a plan, nothing is reported: a note names both places. The same goes for
    /// the overlays of kustomize, which are no manifests yet.
    "BND102" "conflicting-definitions", High Fragile High,
    needs: [], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        if sighting.kind != SightingKind::Conflict {
            continue;
        }
        let what = sighting.what.as_str();
        let message = format!("{what} is defined twice, differently");
        let draft = Draft::new(what, sighting.origin, "this one counts", message)
            .related(sighting.other, "this one does not")
            .help("remove one of them; of several clusters or stages, say in a world file which is which")
            .because(what);
        findings.add(draft);
    }
}
