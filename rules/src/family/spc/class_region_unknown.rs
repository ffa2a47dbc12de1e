//! SPC136 `class-region-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Grade};
use crate::text::regions;

rule! {
    /// Flags a `region` or a `failoverRegion` of a SecretProviderClass that is not a region of AWS.
    ///
    /// # Why it matters
    ///
    /// The provider calls an endpoint that does not exist. The mount of every object of the class fails, and the pod stays in
    /// `ContainerCreating`.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///    parameters:
    /// -    region: us-east-1
    /// +    region: us-esat-1
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of the region:
    ///
    /// ```yaml
    /// parameters:
    ///   region: us-east-1
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the most similar region.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/general/latest/gr/rande.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC136" "class-region-unknown", High Break High,
    properties: [ExplainsPlace], needs: [Classes], aws: [], fix: Some(Grade::Repair), Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let classes = context.inventory.classes.iter();
    for class in classes.filter(|class| class.provider == "aws") {
        let parameters = ["region", "failoverRegion"].into_iter();
        for (name, region) in parameters.filter_map(|name| Some((name, class.parameter(name)?))) {
            let text = region.value.as_str();
            if text.is_empty() || text.contains(['<', '$', '{']) || regions::exists(text) {
                continue;
            }
            let message = format!(
                "the region `{text}` of the class `{}` does not exist",
                class.name.value
            );
            let draft = Draft::new(&*class.name.value, region.origin, "no such region", message)
                .because(text);
            findings.add(match regions::nearest(text) {
                Some(near) => draft
                    .help(format!("{name}: {near}"))
                    .replace(Grade::Repair, format!("\"{near}\"")),
                None => draft.help("write an existing region"),
            });
        }
    }
}
