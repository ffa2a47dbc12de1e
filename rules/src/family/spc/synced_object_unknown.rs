//! SPC132 `synced-object-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings, Grade};
use policy_engine::inventory::{Dialect, SecretProviderClass};

rule! {
    /// Flags a key of a synced Secret whose `objectName` is not the name of a file of the class. The name of a file is the
    /// alias of the object, or the name of the object with each `/` replaced.
    ///
    /// # Why it matters
    ///
    /// The driver fills the Kubernetes Secret from the mounted files and does not find this one. It does not create the
    /// Secret, and pods that read a variable from the Secret do not start.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///    provider: aws
    /// +  secretObjects:
    /// +    - secretName: app
    /// +      type: Opaque
    /// +      data: [{ objectName: dev/local, key: local }]
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the alias of the object:
    ///
    /// ```yaml
    /// provider: aws
    /// secretObjects:
    ///   - secretName: app
    ///     type: Opaque
    ///     data: [{ objectName: local, key: local }]
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the file name of the object.
    ///
    /// # References
    ///
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret>
    "SPC132" "synced-object-unknown", High Break High,
    needs: [Classes], aws: [], fix: Some(Grade::Repair), Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let classes = context.inventory.classes.iter();
    for class in classes.filter(|class| class.provider == "aws" && !class.objects.is_empty()) {
        let dialect = context.inventory.dialect(&class.cluster);
        let mut objects = class.objects.iter();
        // The members of a value are known only to the provider.
        if objects.any(|object| object.takes_all_members(dialect)) {
            continue;
        }
        let objects = class.objects.iter();
        let files: Vec<_> = objects
            .flat_map(|object| class.files(object, dialect))
            .collect();
        let data = class.synced.iter().flat_map(|secret| &secret.data);
        for object in data.filter_map(|key| key.object.as_ref()) {
            if files.contains(&object.value) {
                continue;
            }
            let name = &*class.name.value;
            let message = format!("the class `{name}` has no file `{}`", object.value);
            let draft = Draft::new(name, object.origin, "no such file", message)
                .because(&*object.value)
                .related(class.name.origin, "the class");
            findings.add(match file_of(class, &object.value, dialect) {
                Some(file) => draft
                    .help(format!("objectName: {file}"))
                    .replace(Grade::Repair, file),
                None => draft.help(format!(
                    "write one of the files of the class: {}",
                    files.join(", ")
                )),
            });
        }
    }
}

/// The file of the object that a key means by its name instead of its alias.
fn file_of(class: &SecretProviderClass, name: &str, dialect: Dialect) -> Option<String> {
    let mut objects = class.objects.iter();
    let object = objects.find(|object| object.name.value == name)?;
    class.files(object, dialect).into_iter().next()
}
