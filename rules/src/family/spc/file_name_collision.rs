//! SPC110 `file-name-collision`.

use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::rule::{Check, rule};
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
    needs: [Classes], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for class in context
        .inventory
        .classes
        .iter()
        .filter(|class| class.provider == "aws")
    {
        let translation = class
            .parameter("pathTranslation")
            .map_or("_", |value| value.value.as_str());
        let file = |name: &str| {
            if translation.eq_ignore_ascii_case("false") {
                name.trim_start_matches('/').to_owned()
            } else {
                name.replace('/', translation)
            }
        };
        let names = class.objects.iter().flat_map(|object| {
            let own = object.alias.as_ref().unwrap_or(&object.name);
            std::iter::once(own).chain(object.jmes.iter().filter_map(|one| one.alias.as_ref()))
        });
        let mut seen: Vec<(String, &str, Origin)> = Vec::new();
        for name in names {
            let target = file(&name.value);
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
