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
                format!("this file contains the value of a secret: `{what}`"),
                "rotate the secret, because its value is exposed, and write a reference instead of the value",
                None,
            ),
            Holder::State => (
                format!("this state contains the value of a secret: `{what}`"),
                "store the state where only readers of the secret can read it",
                Some(Severity::Medium),
            ),
            Holder::Plan => (
                format!("this plan contains the value of a secret: `{what}`"),
                "store the plan where only readers of the secret can read it",
                Some(Severity::Info),
            ),
        };
        let draft = Draft::new(
            what,
            sighting.origin,
            "a literal value, not a reference",
            message,
        );
        let draft = draft.help(help).because(what);
        findings.add(severity.into_iter().fold(draft, Draft::severity));
    }
}
