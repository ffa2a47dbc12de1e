//! Functions that read files of the repository.
//!
//! Terraform documentation, "file Function", "templatefile Function", "fileexists Function".

use super::{plan::bare, resolve::Resolver, scope::Scope};
use crate::{
    hcl::SourceFile,
    value::{embedded, moved, text},
};
use hcl_edit::{expr::Expression, template::Template};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};

impl Resolver<'_> {
    /// What a function makes of files; nothing where the function reads none, or a file is not there.
    pub(super) fn of_file(&self, name: &str, arguments: &[Node], origin: Origin) -> Option<Node> {
        let path = arguments.first()?.scalar_text()?;
        let path = path.known()?;
        match (name, arguments) {
            ("file", [_]) => {
                let content = self.sources.content(path)?;
                self.sources.note(path);
                self.budget
                    .affords_text(content.len())
                    .then(|| text(content, origin))
            }
            ("fileexists", [_]) => Some(Node {
                value: Value::Bool(self.sources.is_file(path)?),
                origin,
            }),
            _ => None,
        }
    }

    /// What a template makes; its literal parts have their places in the file of the template.
    pub(super) fn template_of(
        &self,
        path: &Expression,
        arguments: &[Node],
        names: &Node,
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Option<Node> {
        // A template file may not read another.
        if scope.in_template {
            return None;
        }
        if let Some(file) = self.sources.documents.template(scope.file.id, path) {
            let whole = file.origin(Some(0..file.text.len()));
            let made = self.template_file(file, names, scope, whole)?;
            // A document keeps the places of its text wherever it is used.
            return Some(embedded(&made).unwrap_or(made));
        }
        let path = arguments.first()?.scalar_text()?;
        let content = self.sources.content(path.known()?)?;
        self.sources.note(path.known()?);
        // The text is not among the sources, so everything is where the function is called.
        let id = scope.file.id;
        let file = SourceFile { id, text: content };
        let made = self.template_file(&file, names, scope, origin)?;
        Some(moved(&made, origin))
    }

    fn template_file(
        &self,
        file: &SourceFile,
        names: &Node,
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Option<Node> {
        if !self.budget.affords_text(file.text.len()) {
            return None;
        }
        let template: Template = file.text.parse().ok()?;
        let names = names.as_map()?.iter().map(|(key, value)| {
            let key = key.as_str()?.to_owned();
            Some((key, value.clone()))
        });
        let inner = Scope {
            module: scope.module.clone(),
            file,
            each: None,
            count: None,
            names: names.collect::<Option<_>>()?,
            in_template: true,
        };
        Some(self.template(template.iter(), &inner, origin))
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
