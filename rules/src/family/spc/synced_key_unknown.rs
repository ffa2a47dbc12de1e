//! SPC134 `synced-key-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::mount::cause::nearest;
use policy_engine::sighting::SightingKind;

rule! {
    /// Flags a reference to a key of a Kubernetes Secret that a SecretProviderClass makes, if no entry of `data` writes the key.
    ///
    /// # Why it matters
    ///
    /// The driver writes only the keys of `data` into the Secret. A container that requires another key does not start: it stays in
    /// `CreateContainerConfigError`.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///    provider: aws
    /// +  secretObjects:
    /// +    - secretName: app
    /// +      type: Opaque
    /// +      data: [{ objectName: local, key: local }]
    /// @@
    ///            image: example.com/app
    /// +          env:
    /// +            - name: LOCAL
    /// +              valueFrom: { secretKeyRef: { name: app, key: locale } }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a key of the class:
    ///
    /// ```yaml
    /// env:
    ///   - name: LOCAL
    ///     valueFrom: { secretKeyRef: { name: app, key: local } }
    /// ```
    ///
    /// # When to allow it
    ///
    /// If another program adds the key to the Secret.
    ///
    /// # References
    ///
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret>
    /// * <https://kubernetes.io/docs/concepts/configuration/secret/>
    "SPC134" "synced-key-unknown", High Break Medium,
    needs: [Classes], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        let SightingKind::UnmadeKey {
            class,
            secret,
            keys,
        } = &sighting.kind
        else {
            continue;
        };
        let (object, key) = (&*sighting.object, &*sighting.what);
        let message = format!(
            "{object} requires the key `{key}` of the Kubernetes Secret `{secret}`, which the class `{class}` does not write"
        );
        let help = match nearest(key, keys.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "write a key of the class ({}), or add the key `{key}` to `data`",
                keys.join(", ")
            ),
        };
        let draft = Draft::new(object, sighting.origin, "no such key", message)
            .related(sighting.other, "the keys of the Secret")
            .because(key)
            .because(secret)
            .help(help);
        findings.add(draft);
    }
}
