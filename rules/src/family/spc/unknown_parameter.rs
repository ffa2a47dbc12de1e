//! SPC117 `unknown-parameter`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::rule::Severity;

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
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    "SPC117" "unknown-parameter", High Break High,
    needs: [Classes], aws: [], fix: None, Check::World(check);
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
            let near = known.iter().map(|known| {
                (
                    strsim::damerau_levenshtein(
                        &known.to_ascii_lowercase(),
                        &name.value.to_ascii_lowercase(),
                    ),
                    *known,
                )
            });
            let near = near.filter(|(distance, _)| *distance <= 2).min();
            let draft = Draft::new(
                &*class.name.value,
                name.origin,
                "ignored",
                format!("the provider has no parameter `{}`", name.value),
            )
            .because(&*name.value);
            findings.add(match near {
                Some((_, near)) => draft.help(format!("did you mean `{near}`?")),
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
