//! Functions that read files of the repository.
//!
//! Terraform documentation, "file Function", "templatefile Function", "fileexists Function".

use super::{eval::Scope, plan::bare, resolve::Resolver};
use crate::{
    hcl::SourceFile,
    value::{moved, text},
};
use hcl_edit::template::Template;
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

impl Resolver<'_> {
    /// What a function makes of files; nothing where the function reads none, or a file is not there.
    pub(super) fn of_file(
        &self,
        name: &str,
        arguments: &[Node],
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Option<Node> {
        let path = arguments.first()?.scalar_text()?;
        let path = path.known()?;
        match (name, arguments) {
            ("file", [_]) => {
                let content = self.sources.content(path)?;
                self.budget
                    .affords_text(content.len())
                    .then(|| text(content, origin))
            }
            ("fileexists", [_]) => Some(Node {
                value: Value::Bool(self.sources.is_file(path)?),
                origin,
            }),
            ("templatefile", [_, names]) => {
                // A template file may not read another.
                if scope.file.id == TEMPLATE {
                    return None;
                }
                let content = self.sources.content(path)?;
                if !self.budget.affords_text(content.len()) {
                    return None;
                }
                self.template_file(content, names, scope, origin)
            }
            _ => None,
        }
    }

    fn template_file(
        &self,
        content: String,
        names: &Node,
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Option<Node> {
        let template: Template = content.parse().ok()?;
        let names = names.as_map()?.iter().map(|(key, value)| {
            let key = key.as_str()?.to_owned();
            Some((key, value.clone()))
        });
        let file = SourceFile {
            id: TEMPLATE,
            text: content,
        };
        let inner = Scope {
            module: scope.module.clone(),
            file: &file,
            each: None,
            count: None,
            names: names.collect::<Option<_>>()?,
        };
        let made = self.template(template.iter(), &inner, origin);
        // The text of the file is not among the sources, so everything is where the function is called.
        Some(moved(&made, origin))
    }

    /// `path.module` and `path.root`, from the directory of the root module.
    pub(super) fn path(&self, part: &str, scope: &Scope<'_>, origin: Origin) -> Option<Node> {
        let path = match part {
            "module" => self.sources.path_of(&bare(&scope.module))?,
            "root" => ".".to_owned(),
            _ => return None,
        };
        Some(text(path, origin))
    }
}

/// The source of a template file while it is evaluated.
const TEMPLATE: policy_engine::source::SourceId = policy_engine::source::SourceId(u32::MAX);
