//! SPC110 `file-name-collision`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::source::Origin;
use std::collections::HashMap;

rule! {
    /// Flags two entries that become the same file: they have the same alias, or their names are equal after the provider
    /// replaces `/`.
    ///
    /// # Why it matters
    ///
    /// The provider rejects two equal aliases. It accepts two different names that become one file: the second value
    /// overwrites the first, and the pod reads the wrong credential without an error.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -        objectAlias: local
    /// +        objectAlias: app/db
    /// @@
    /// -        objectAlias: url
    /// +        objectAlias: app_db
    /// ```
    ///
    /// # Accepted
    ///
    /// Give each entry its own file name:
    ///
    /// ```yaml
    /// objectAlias: local
    /// # …
    /// objectAlias: url
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC110" "file-name-collision", High Break High,
    needs: [Classes], aws: [], fix: None, Check::World(check), Check::Class;
}

/// The texts that give one file.
struct Named<'c> {
    first: (&'c str, Origin),
    /// The first text that differs from it.
    other: Option<Origin>,
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for class in context
        .inventory
        .classes
        .iter()
        .filter(|class| class.provider == "aws")
    {
        let dialect = context.inventory.dialect(&class.cluster);
        let objects = class.objects.iter();
        let names = objects.flat_map(|object| object.outputs(dialect).map(|(name, _)| name));
        let mut seen: HashMap<String, Named<'_>> = HashMap::new();
        for name in names {
            let target = class.file_name(&name.value);
            // The provider refuses the same text twice; the finding of the mount reports it.
            let known = seen.entry(target.clone()).or_insert_with(|| Named {
                first: (&name.value, name.origin),
                other: None,
            });
            let is_other = known.first.0 != name.value;
            let clash = if is_other {
                Some(known.first.1)
            } else {
                known.other
            };
            if is_other && known.other.is_none() {
                known.other = Some(name.origin);
            }
            if let Some(first) = clash {
                let draft = Draft::new(
                    &*class.name.value,
                    name.origin,
                    "the same file",
                    format!(
                        "two objects of `{}` have the file `{target}`",
                        class.name.value
                    ),
                )
                .because(target.as_str())
                .related(first, "the other object")
                .help("set a different objectAlias for one of the two objects");
                findings.add(draft);
            }
        }
    }
}
