//! Files that `file()` and `templatefile()` read from beside the source.
//!
//! Terraform documentation, "file Function", "templatefile Function" and "References to Values": `path.module` is the directory of
//! the file.

use crate::{
    door,
    hcl::SourceFile,
    kind::Kind,
    loading::Loading,
    opened::MAX_BYTES,
    path::{clean, display},
    root::Root,
    shown::{Understood, is_broken_policy, shown},
};
use hcl_edit::{
    Span as _,
    expr::{Expression, FuncCall, TraversalOperator},
    structure::Body,
    template::Element,
    visit::{Visit, visit_func_call},
};
use policy_engine::{
    source::SourceId,
    syntax::{json, node::Node},
};
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

/// The largest document: the largest policy of AWS has 20 KB.
const MAX_DOCUMENT: u64 = 256 * 1024;
/// How many documents one plan may name.
const MAX_DOCUMENTS: usize = 1_000;

/// Documents and templates by the file and offset of the argument that names them.
#[derive(Default)]
pub(super) struct Documents {
    calls: HashMap<(SourceId, usize), PathBuf>,
    read: HashMap<PathBuf, Option<Document>>,
    templates: HashMap<PathBuf, Option<Template>>,
    used: RefCell<HashSet<String>>,
}

/// The text of a template, with its places.
struct Template {
    name: String,
    file: SourceFile,
}

struct Document {
    name: String,
    root: Node,
}

impl Documents {
    /// Reads the documents and templates that calls in a source name.
    pub(super) fn read(
        &mut self,
        loading: &mut Loading,
        (source, body): (SourceId, &Body),
        (module, start): (&Path, &Path),
        root: &Root,
    ) {
        let mut calls = Calls::default();
        calls.visit_body(body);
        for (offset, argument, is_template) in calls.0 {
            let Some(path) = path_of(&argument, module, start) else {
                continue;
            };
            let path = clean(&path);
            if self.read.len() + self.templates.len() >= MAX_DOCUMENTS {
                return;
            }
            if is_template {
                if !self.templates.contains_key(&path) {
                    let template = template(loading, &path, root);
                    self.templates.insert(path.clone(), template);
                }
            } else if !self.read.contains_key(&path) {
                let document = document(loading, &path, root);
                self.read.insert(path.clone(), document);
            }
            self.calls.insert((source, offset), path);
        }
    }

    /// The document that an argument of `file` names.
    pub(super) fn of(&self, source: SourceId, argument: &Expression) -> Option<&Node> {
        let offset = argument.span()?.start;
        let path = self.calls.get(&(source, offset))?;
        let document = self.read.get(path)?.as_ref()?;
        self.used.borrow_mut().insert(document.name.clone());
        Some(&document.root)
    }

    /// The template that an argument of `templatefile` names.
    pub(super) fn template(&self, source: SourceId, argument: &Expression) -> Option<&SourceFile> {
        let offset = argument.span()?.start;
        let path = self.calls.get(&(source, offset))?;
        let template = self.templates.get(path)?.as_ref()?;
        self.used.borrow_mut().insert(template.name.clone());
        Some(&template.file)
    }

    /// Notes that a function has read a file.
    pub(super) fn note(&self, path: &Path) {
        self.used.borrow_mut().insert(display(&clean(path)));
    }

    /// The names of the files that some attribute has.
    pub(super) fn used(&self) -> HashSet<String> {
        self.used.borrow().clone()
    }
}

/// The text of a file.
fn content(loading: &Loading, path: &Path, root: &Root) -> Option<(String, String)> {
    let name = display(path);
    let replaced = loading.options.overlay.get(Path::new(&name)).cloned();
    let text = match replaced {
        Some(text) => text,
        None => door::read_inside(root, path, MAX_DOCUMENT)
            .and_then(door::text)
            .ok()?,
    };
    let fits = loading.bytes + text.len() as u64 <= MAX_BYTES;
    fits.then_some((name, text))
}

fn template(loading: &mut Loading, path: &Path, root: &Root) -> Option<Template> {
    let (name, text) = content(loading, path, root)?;
    loading.bytes += text.len() as u64;
    let understood = if is_broken_policy(&text) {
        Understood::BrokenPolicy
    } else {
        Understood::Not
    };
    let id = loading.add_source(&name, shown(&text, &understood));
    let file = SourceFile { id, text };
    Some(Template { name, file })
}

fn document(loading: &mut Loading, path: &Path, root: &Root) -> Option<Document> {
    let (name, text) = content(loading, path, root)?;
    let root = json::parse(loading.next_source(), &text).ok()?;
    loading.bytes += text.len() as u64;
    let understood = Understood::Documents(Some(Kind::POLICY), std::slice::from_ref(&root));
    loading.add_source(&name, shown(&text, &understood));
    Some(Document { name, root })
}

/// The arguments of the calls of `file` and `templatefile`, with their offsets, and whether they name a template.
#[derive(Default)]
struct Calls(Vec<(usize, Expression, bool)>);

impl Visit for Calls {
    fn visit_func_call(&mut self, call: &FuncCall) {
        if !call.name.is_namespaced()
            && let name @ ("file" | "templatefile") = call.name.name.as_str()
            && let Some(argument) = call.args.iter().next()
            && let Some(span) = argument.span()
        {
            self.0
                .push((span.start, argument.clone(), name == "templatefile"));
        }
        visit_func_call(self, call);
    }
}

/// A path that consists of text, `path.module` and `path.root`.
fn path_of(argument: &Expression, module: &Path, start: &Path) -> Option<PathBuf> {
    let template = match argument {
        Expression::String(path) => return Some(start.join(path.as_str())),
        Expression::StringTemplate(template) => template,
        _ => return None,
    };
    let mut path = String::new();
    for element in template {
        match element {
            Element::Literal(literal) => path.push_str(literal.value().as_str()),
            Element::Interpolation(interpolation) => {
                let folder = match folder_of(&interpolation.expr)? {
                    "module" => module,
                    "root" => start,
                    _ => return None,
                };
                path.push_str(folder.to_str()?);
            }
            Element::Directive(_) => return None,
        }
    }
    Some(start.join(path))
}

/// The word behind `path.`
fn folder_of(expression: &Expression) -> Option<&str> {
    let Expression::Traversal(traversal) = expression else {
        return None;
    };
    let is_path = matches!(&traversal.expr, Expression::Variable(name) if name.as_str() == "path");
    match traversal.operators.as_slice() {
        [only] if is_path => match only.value() {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            _ => None,
        },
        _ => None,
    }
}
