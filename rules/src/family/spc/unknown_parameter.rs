//! SPC117 `unknown-parameter`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Fix, Grade};
use crate::mount::cause::{Case, Refusal};
use crate::rule::Severity;
use crate::world::class_faults::{misspelt_parameter, near};
use policy_engine::{inventory::ClassFault, simulator::Fault, source::Spanned};

rule! {
    /// Flags a parameter of a class that the provider does not support.
    ///
    /// # Why it matters
    ///
    /// The provider ignores the parameter without an error. With `assumeRoleArn`, for example, it still reads with the pod's
    /// own role, while the class suggests another role.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    assumeRoleArn: arn:aws:iam::444455556666:role/reader
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the parameter. To read with a role of another account, set the target role in the association:
    ///
    /// ```yaml
    /// region: us-east-1
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the name of the most similar parameter.
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    "SPC117" "unknown-parameter", High Break High,
    needs: [Classes], aws: [], fix: Some(Grade::Repair), Check::World(check), Check::Cause(find);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for class in context
        .inventory
        .classes
        .iter()
        .filter(|class| class.provider == "aws")
    {
        let known = context.inventory.dialect(&class.cluster).parameters();
        for (name, _) in &class.parameters {
            // The driver adds those with `csi.storage.k8s.io/`.
            if known.contains(&name.value.as_str()) || name.value.contains('/') {
                continue;
            }
            let draft = Draft::new(
                &*class.name.value,
                name.origin,
                "ignored",
                format!("the provider has no parameter `{}`", name.value),
            )
            .because(&*name.value);
            findings.add(match near(&known, &name.value) {
                Some(near) => misspelt(draft, name, near),
                None if name.value.to_ascii_lowercase().contains("role") => draft.help(
                    "remove the parameter, and set the role as the target role of the association",
                ),
                // The mount works: only a parameter that was meant to be another changes it.
                None => match setting_of_driver(&name.value) {
                    Some(setting) => draft.help(format!(
                        "remove the parameter: {setting} is a setting of the chart secrets-store-csi-driver"
                    )),
                    None => draft.help("remove the parameter"),
                }
                .severity(Severity::Medium),
            });
        }
    }
}

/// The cause of a mount whose class misspells the parameter that is missing.
fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let wanted = match refusal {
        Refusal::Fault(Fault::NoAnnotation) => "usePodIdentity",
        Refusal::Fault(Fault::Class(ClassFault::NoObjects)) => "objects",
        _ => return None,
    };
    let (class, _) = case.mount.class?;
    let name = misspelt_parameter(case.inventory, class, wanted)?;
    let reason = format!("the provider has no parameter `{}`", name.value);
    let draft = case.at(name.origin, "ignored", case.message(&reason));
    let draft = draft.because(&*name.value).mounted(case.mount.name.origin);
    Some(misspelt(draft, name, wanted))
}

fn misspelt(draft: Draft, name: &Spanned<String>, near: &str) -> Draft {
    draft.help(format!("did you mean `{near}`?")).fix(Fix {
        grade: Grade::Repair,
        edits: vec![(name.origin, near.to_owned())],
    })
}

/// The setting of the driver that was meant by a parameter.
///
/// Secrets Store CSI Driver documentation, "Secret Auto Rotation".
fn setting_of_driver(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    if lower.contains("rotation") || lower.contains("interval") {
        return Some("rotationPollInterval, with enableSecretRotation: true,");
    }
    lower.contains("sync").then_some("syncSecret.enabled: true")
}
