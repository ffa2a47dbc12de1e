//! SPC110 `file-name-collision`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::source::Origin;

rule! {
    /// Flags two entries that end in one file: by the same alias, or by names that are the same once `/` is translated.
    ///
    /// # Why it matters
    ///
    /// Two aliases of one name are refused. Two names that only end in one file are not: the last one written wins, and a pod
    /// reads the wrong credential without a word.
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
    "SPC110" "file-name-collision", High Break High,
    needs: [Classes], aws: [], fix: None, Check::World(check), Check::Class;
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
        let mut seen: Vec<(String, &str, Origin)> = Vec::new();
        for name in names {
            let target = class.file_name(&name.value);
            // One text twice is refused by the provider, and found with the mount.
            let clash = seen
                .iter()
                .find(|(known, text, _)| *known == target && *text != name.value);
            if let Some((_, _, first)) = clash {
                let draft = Draft::new(
                    &*class.name.value,
                    name.origin,
                    "the same file",
                    format!(
                        "two objects of `{}` end in the file `{target}`",
                        class.name.value
                    ),
                )
                .because(target.as_str())
                .related(*first, "and this one")
                .help("give one of them another objectAlias");
                findings.add(draft);
            }
            seen.push((target, name.value.as_str(), name.origin));
        }
    }
}
