//! BND103 `yaml-implicit-type`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Fix, Grade};
use policy_engine::{
    sighting::SightingKind,
    source::{Origin, Span},
};

rule! {
    /// Flags an unquoted YAML word that should be a string, but has another type: a namespace `no`, a tag `1e3`, a label
    /// `true`, an account with a leading zero.
    ///
    /// # Why it matters
    ///
    /// Kubernetes and CloudFormation use YAML 1.1. The API server rejects a label or name that is not a string.
    /// CloudFormation passes `false` for `no` and drops the leading zero of an account, so a tag or condition compares with
    /// another text than the written text.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///  kind: Deployment
    /// -metadata: { name: app, namespace: dev }
    /// +metadata: { name: app, namespace: dev, labels: { canary: on } }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the value in quotes:
    ///
    /// ```yaml
    /// kind: Deployment
    /// metadata: { name: app, namespace: dev, labels: { canary: "on" } }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the value in quotes.
    ///
    /// # When to allow it
    ///
    /// Never. SPC102 reports parameters of a SecretProviderClass without quotes.
    ///
    /// # References
    ///
    /// * <https://yaml.org/type/bool.html>
    /// * <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/>
    "BND103" "yaml-implicit-type", High Break High,
    needs: [], aws: [], fix: Some(Grade::Repair), Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        let SightingKind::ImplicitType { word, becomes } = &sighting.kind else {
            continue;
        };
        let what = sighting.what.as_str();
        let (message, help) = if word.is_empty() {
            // A number may be a password.
            let message = format!("the value of `{what}` is not a string: YAML reads {becomes}");
            (message, "write the value in quotes".to_owned())
        } else {
            let message = format!("`{word}` of `{what}` is not a string: YAML reads {becomes}");
            (message, format!("write \"{word}\""))
        };
        let quote = |at: u32| {
            let span = Span { start: at, end: at };
            let source = sighting.origin.source;
            (Origin { source, span }, "\"".to_owned())
        };
        let place = sighting.origin.span;
        let draft = Draft::new(
            sighting.object.as_str(),
            sighting.origin,
            "quote the value",
            message,
        )
        .help(help)
        .because(what)
        .because(word.as_str())
        .fix(Fix {
            grade: Grade::Repair,
            edits: vec![quote(place.start), quote(place.end)],
        });
        findings.add(draft);
    }
}
