//! BND110 `secret-value-in-bundle`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::rule::Severity;
use policy_engine::sighting::{Holder, SightingKind};

rule! {
    /// Flags an input that holds the value of a secret: `SecretString`, the data of a Kubernetes Secret, a literal password. The value itself
    /// is never shown.
    ///
    /// # Why it matters
    ///
    /// Everybody who reads the repository, its history and its copies reads the secret, whatever the policies say.
    ///
    /// Replace the secret, since its value is known now, and write a reference: an object of the SecretProviderClass, `GenerateSecretString`
    /// or `{{resolve:secretsmanager:…}}` in CloudFormation, `random_password` or a write-only argument in Terraform.
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
    /// # When to allow it
    ///
    /// Values that Terraform wrote into a state are reported as medium, into a plan as info: keep the file as secret as the value. A literal
    /// in the configuration, or as the default of a sensitive variable, is reported as what it is. Words that wait for a value (`CHANGE_ME`, `${PASSWORD}`, `<password>`) are not reported.
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
