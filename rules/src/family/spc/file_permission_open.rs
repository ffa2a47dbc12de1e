//! SPC114 `file-permission-open`.

use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::rule::{Check, rule};

rule! {
    /// Flags a file permission that lets everyone write the file or run it.
    ///
    /// # Why it matters
    ///
    /// Every user of every container that shares the volume can do so.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        filePermission: "0777"
    /// ```
    "SPC114" "file-permission-open", Low Leak High,
    needs: [Classes], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for class in context
        .inventory
        .classes
        .iter()
        .filter(|class| class.provider == "aws")
    {
        for object in &class.objects {
            for permission in object
                .permission
                .iter()
                .chain(object.jmes.iter().filter_map(|one| one.permission.as_ref()))
            {
                let bits = u32::from_str_radix(&permission.value, 8).unwrap_or(0);
                if permission.value.len() != 4 || bits & 0o7133 == 0 {
                    continue;
                }
                let right = format!("{:04o}", bits & 0o0644);
                let draft = Draft::new(
                    &*class.name.value,
                    permission.origin,
                    "more than reading",
                    format!("`{}` lets others write or run the file", permission.value),
                )
                .because(&*object.name.value)
                .help(format!("filePermission: \"{right}\""));
                findings.add(draft);
            }
        }
    }
}
