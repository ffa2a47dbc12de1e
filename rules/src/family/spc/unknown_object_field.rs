//! SPC118 `unknown-object-field`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Grade};
use policy_engine::source::Spanned;

rule! {
    /// Flags a key in an entry of `objects` that the provider does not support.
    ///
    /// # Why it matters
    ///
    /// The provider ignores the key without an error, and the file gets the default name or mode.
    ///
    /// The provider of this repository also supports `jmesPathAll`, `mountObject` and `allowNonString`. The rule accepts them
    /// if the world file contains `provider: ascp-policy` for the cluster.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        permission: "0400"
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the key of the provider:
    ///
    /// ```yaml
    /// objectAlias: local
    /// filePermission: "0444"
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the most similar supported key, if the entry does not contain it yet.
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC118" "unknown-object-field", Medium Break High,
    needs: [Classes], aws: [], fix: Some(Grade::Repair), Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let classes = context.inventory.classes.iter();
    for class in classes.filter(|class| class.provider == "aws") {
        let name = &*class.name.value;
        let dialect = context.inventory.dialect(&class.cluster);
        let (own, jmes, failover) = (
            dialect.object_keys(),
            dialect.jmes_keys(),
            dialect.failover_keys(),
        );
        for object in &class.objects {
            let entries = object.jmes.iter().flat_map(|entry| &entry.unknown);
            let failovers = object
                .failover
                .iter()
                .flat_map(|failover| &failover.unknown);
            let own = object.unknown.iter().map(|key| (key, &own));
            let all = own
                .chain(entries.map(|key| (key, &jmes)))
                .chain(failovers.map(|key| (key, &failover)));
            let is_known = |key: &str, known: &[&str]| {
                known.iter().any(|known| known.eq_ignore_ascii_case(key))
            };
            let all = all.filter(|(key, known)| !is_known(&key.value, known));
            findings.extend(all.map(|(key, known)| unknown(name, &object.name.value, key, known)));
        }
    }
}

fn unknown(class: &str, object: &str, key: &Spanned<String>, known: &[&'static str]) -> Draft {
    let message = format!(
        "the provider ignores `{}` of `{object}` in the class `{class}`",
        key.value
    );
    let draft = Draft::new(class, key.origin, "unknown key", message)
        .because(object)
        .because(&*key.value);
    match nearest_key(&key.value, known) {
        Some(near) => draft
            .help(format!("did you mean `{near}`?"))
            .replace(Grade::Repair, near),
        None => draft.help(format!("the keys are {}", known.join(", "))),
    }
}

/// The known key that begins or ends with this key, or differs in one or two letters.
fn nearest_key(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase().replace(['-', '_'], "");
    let folded = |name: &&&str| name.to_ascii_lowercase();
    let part = known.iter().find(|name| {
        lower.len() > 3 && (folded(name).ends_with(&lower) || folded(name).starts_with(&lower))
    });
    let near = || {
        let distances = known
            .iter()
            .map(|name| (strsim::damerau_levenshtein(&folded(&name), &lower), name));
        let least = distances.filter(|(distance, _)| *distance <= 2).min();
        least.map(|(_, name)| name)
    };
    part.or_else(near).copied()
}
