//! BND103 `yaml-implicit-type`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Fix, Grade};
use policy_engine::sighting::SightingKind;

rule! {
    /// Flags a bare word in YAML that is meant as text and read as something else: a namespace `no`, a tag `1e3`, a label `true`, an account
    /// with a leading zero.
    ///
    /// # Why it matters
    ///
    /// Kubernetes and CloudFormation read YAML 1.1. The API server refuses a label or name that is no text; CloudFormation passes `false` on
    /// for `no`, and an account without its zero, so that a tag or condition compares with another text than the one that is written.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///  kind: Deployment
    /// -metadata: { name: app, namespace: dev }
    /// +metadata: { name: app, namespace: dev, labels: { canary: on } }
    /// ```
    ///
    /// # Fix
    ///
    /// Write it in quotes.
    ///
    /// # When to allow it
    ///
    /// Never. Parameters of a SecretProviderClass without quotes have a rule of their own.
    "BND103" "yaml-implicit-type", High Break High,
    needs: [], aws: [], fix: Some(Grade::Repair), Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for sighting in context.sightings {
        let SightingKind::ImplicitType { word, becomes } = &sighting.kind else {
            continue;
        };
        let what = sighting.what.as_str();
        let message = format!("`{word}` of `{what}` is no text: YAML reads {becomes}");
        let quoted = format!("\"{word}\"");
        let draft = Draft::new(
            sighting.object.as_str(),
            sighting.origin,
            "write it in quotes",
            message,
        )
        .help(format!("write {quoted}"))
        .because(what)
        .because(word.as_str())
        .fix(Fix {
            grade: Grade::Repair,
            edits: vec![(sighting.origin, quoted)],
        });
        findings.add(draft);
    }
}
