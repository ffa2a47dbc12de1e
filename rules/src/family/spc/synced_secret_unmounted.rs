//! SPC133 `synced-secret-unmounted`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::sighting::SightingKind;

rule! {
    /// Flags a reference to a Kubernetes Secret that only `secretObjects` of a SecretProviderClass makes, if no workload of the
    /// namespace mounts the class. References are `secretKeyRef`, `envFrom`, `secret` and `projected` volumes,
    /// `imagePullSecrets`, and `tls` of an Ingress. Optional references are not reported.
    ///
    /// # Why it matters
    ///
    /// The driver makes the Secret when a pod mounts the class, and deletes it with the last of these pods. Without a mount the
    /// Secret never exists: a container that reads it stays in `CreateContainerConfigError`, a volume is not mounted, and an image
    /// is not pulled.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml also=POD203
    ///    provider: aws
    /// +  secretObjects:
    /// +    - secretName: app
    /// +      type: Opaque
    /// +      data: [{ objectName: local, key: local }]
    /// @@
    ///            image: example.com/app
    /// -          volumeMounts: [{ name: secrets, mountPath: /mnt/secrets, readOnly: true }]
    /// -      volumes:
    /// -        - name: secrets
    /// -          csi:
    /// -            driver: secrets-store.csi.k8s.io
    /// -            readOnly: true
    /// -            volumeAttributes: { secretProviderClass: app }
    /// +          envFrom: [{ secretRef: { name: app } }]
    /// ```
    ///
    /// # Accepted
    ///
    /// Mount the class in the pod that reads the Secret:
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     image: example.com/app
    ///     envFrom: [{ secretRef: { name: app } }]
    ///     volumeMounts: [{ name: secrets, mountPath: /mnt/secrets, readOnly: true }]
    /// volumes:
    ///   - name: secrets
    ///     csi:
    ///       driver: secrets-store.csi.k8s.io
    ///       readOnly: true
    ///       volumeAttributes: { secretProviderClass: app }
    /// ```
    ///
    /// # When to allow it
    ///
    /// If a workload that is not among the files mounts the class, or another program makes the Secret.
    ///
    /// # References
    ///
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret>
    /// * <https://kubernetes.io/docs/concepts/configuration/secret/>
    "SPC133" "synced-secret-unmounted", High Break Medium,
    needs: [Classes], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        let SightingKind::UnmountedSecret { class } = &sighting.kind else {
            continue;
        };
        let (object, secret) = (&*sighting.object, &*sighting.what);
        let message = format!(
            "{object} reads the Kubernetes Secret `{secret}`, which the class `{class}` makes only while a pod mounts the class, and no pod does"
        );
        let help = format!(
            "mount the class: volumes: [{{ name: {class}, csi: {{ driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {{ secretProviderClass: {class} }} }} }}], and in a container volumeMounts: [{{ name: {class}, mountPath: /mnt/{class}, readOnly: true }}]"
        );
        let draft = Draft::new(object, sighting.origin, "read here", message)
            .related(sighting.other, "made by this entry")
            .because(secret)
            .because(class)
            .once(sighting.other)
            .help(help);
        findings.add(draft);
    }
}
