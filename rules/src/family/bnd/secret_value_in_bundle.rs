//! BND110 `secret-value-in-bundle`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::rule::Severity;
use policy_engine::sighting::{Holder, SightingKind};

rule! {
    /// Flags an input with the value of a secret: `SecretString`, the data of a Kubernetes Secret, or a literal password.
    /// `check` never prints the value.
    ///
    /// # Why it matters
    ///
    /// Everyone with access to the repository, its history and its copies can read the secret, whatever the policies allow.
    ///
    /// Replace the secret, because its value is public to these readers. Then write a reference: an object of the
    /// SecretProviderClass, `GenerateSecretString` or `{{resolve:secretsmanager:…}}` in CloudFormation, `random_password` or
    /// a write-only argument in Terraform.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// +apiVersion: v1
    /// +kind: Secret
    /// +metadata: { name: db, namespace: dev }
    /// +stringData: { password: correct-horse }
    /// +---
    ///  apiVersion: secrets-store.csi.x-k8s.io/v1
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a reference to the secret:
    ///
    /// ```yaml
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
    /// Values that Terraform writes into a state have severity medium, and values in a plan have severity info: protect the
    /// file like the value. The rule skips placeholders (`CHANGE_ME`, `${PASSWORD}`, `<password>`).
    ///
    /// # References
    ///
    /// * <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "BND110" "secret-value-in-bundle", Critical Leak Medium,
    needs: [], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        let SightingKind::Value(holder) = sighting.kind else {
            continue;
        };
        let what = sighting.what.as_str();
        let (message, help, severity) = match holder {
            Holder::Text => (
                format!("the value of a secret is written here: `{what}`"),
                "replace the secret, whose value is known now, and write a reference to it",
                None,
            ),
            Holder::State => (
                format!("this state holds the value of a secret: `{what}`"),
                "keep the state only where those may read it who may read the secret",
                Some(Severity::Medium),
            ),
            Holder::Plan => (
                format!("this plan holds the value of a secret: `{what}`"),
                "keep the plan out of artifacts that more people may read than the secret",
                Some(Severity::Info),
            ),
        };
        let draft = Draft::new(what, sighting.origin, "a value, not a reference", message);
        let draft = draft.help(help).because(what);
        findings.add(severity.into_iter().fold(draft, Draft::severity));
    }
}
