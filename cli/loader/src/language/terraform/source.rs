//! The `.tf` files that a plan or state was made from, where they are there: modules, blocks and their places.

use super::{
    kinds::SOURCE,
    plan::{Plan, split_module},
};
use crate::{
    door,
    loading::Loading,
    opened::MAX_BYTES,
    path::{clean, display},
    root::Root,
    shown::{Understood, shown},
};
use hcl_edit::{
    Span as _,
    expr::Expression,
    structure::{Block, Body, Structure},
};
use policy_engine::source::{Origin, SourceId, Span};
use std::{
    collections::{HashMap, HashSet},
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

/// The largest file that is read.
const MAX_FILE: u64 = 4 * 1024 * 1024;
/// The most files of one run of modules.
const MAX_FILES: usize = 2_000;

/// All modules whose source is there.
#[derive(Default)]
pub(super) struct Sources {
    files: Vec<File>,
    modules: Vec<Module>,
    /// Modules by their path without keys.
    paths: HashMap<String, usize>,
    /// Whether the type of a variable has optional members.
    pub(super) has_optional: bool,
}

struct File {
    body: Body,
    source: SourceFile,
}

#[derive(Default)]
struct Module {
    /// `resource.aws_iam_role.pod`, `data.…`, `variable.x`, `output.x`, `module.x`.
    blocks: HashMap<String, (usize, usize)>,
    locals: HashMap<String, (usize, usize)>,
}

/// A block and the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Found<'s> {
    pub(super) block: &'s Block,
    pub(super) file: &'s SourceFile,
}

/// What is needed of a file to make places.
pub(super) struct SourceFile {
    pub(super) id: SourceId,
    pub(super) text: String,
}

impl SourceFile {
    pub(super) fn origin(&self, span: Option<Range<usize>>) -> Origin {
        let span = span.unwrap_or(0..0);
        Origin {
            source: self.id,
            span: Span::new(span.start, span.end),
        }
    }

    pub(super) fn raw(&self, span: Option<Range<usize>>) -> &str {
        span.and_then(|span| self.text.get(span)).unwrap_or("")
    }

    /// The first line of a block: its type and labels.
    pub(super) fn head(&self, block: &Block) -> Origin {
        let start = block.ident.span().map_or(0, |span| span.start);
        let end = block
            .labels
            .last()
            .and_then(hcl_edit::structure::BlockLabel::span)
            .or_else(|| block.ident.span())
            .map_or(start, |span| span.end);
        self.origin(Some(start..end))
    }
}

impl Sources {
    /// Reads the modules of a plan or state: the root from the directory of the file or one above it.
    pub(super) fn load(loading: &mut Loading, path: &Path, plan: &Plan<'_>) -> Self {
        let mut sources = Self::default();
        let root = Root::of(path);
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let start = parent.unwrap_or(Path::new("."));
        let Ok(start) = std::path::absolute(start) else {
            return sources;
        };
        for directory in start.ancestors() {
            if root.check(directory).is_err() {
                break;
            }
            if declares(directory, plan) {
                sources.module(loading, directory, "", &root);
                sources.called(loading, directory, "", &root, 0);
                break;
            }
        }
        sources
    }

    /// Reads the modules that a module calls by a path.
    fn called(
        &mut self,
        loading: &mut Loading,
        directory: &Path,
        path: &str,
        root: &Root,
        depth: usize,
    ) {
        if depth > 8 {
            return;
        }
        let mut calls: Vec<(String, PathBuf)> = self
            .blocks(path)
            .filter(|block| block.ident.as_str() == "module")
            .filter_map(|block| {
                let name = block.labels.first()?.as_str().to_owned();
                let source = block.body.get_attribute("source")?.value.as_str()?;
                let local = source.starts_with("./") || source.starts_with("../");
                local.then(|| (name, directory.join(source)))
            })
            .collect();
        // Whatever order the blocks are kept in: two runs read the modules in one order.
        calls.sort();
        for (name, directory) in calls {
            let directory = clean(&directory);
            if !directory.is_dir() || root.check(&directory).is_err() {
                continue;
            }
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}module.{name}");
            self.module(loading, &directory, &path, root);
            self.called(loading, &directory, &path, root, depth + 1);
        }
    }

    fn module(&mut self, loading: &mut Loading, directory: &Path, path: &str, root: &Root) {
        if self.paths.contains_key(path) {
            return;
        }
        let mut module = Module::default();
        for file in terraform_files(directory) {
            if self.files.len() >= MAX_FILES || root.check(&file).is_err() {
                continue;
            }
            let Some(number) = self.file(loading, &file, root) else {
                continue;
            };
            let Some(file) = self.files.get(number) else {
                continue;
            };
            index(&mut module, &file.body, number);
        }
        self.paths.insert(path.to_owned(), self.modules.len());
        self.modules.push(module);
    }

    fn file(&mut self, loading: &mut Loading, path: &Path, root: &Root) -> Option<usize> {
        let name = display(path);
        // A module that is called twice is read once.
        if let Some(number) = self
            .files
            .iter()
            .position(|file| loading.sources.name(file.source.id) == name)
        {
            return Some(number);
        }
        let read = door::read_inside(root, path, MAX_FILE).and_then(door::text);
        let text = match read {
            Ok(text) => text,
            Err(refused) => {
                loading.skip_file(&name, refused.to_string());
                return None;
            }
        };
        if loading.bytes + text.len() as u64 > MAX_BYTES {
            loading.skip_file(&name, "too much to read");
            return None;
        }
        loading.bytes += text.len() as u64;
        match text.parse::<Body>() {
            Ok(body) => {
                let id = loading.add_source(&name, shown(&text, &Understood::Terraform(&body)));
                loading.read_file(&name, SOURCE);
                self.has_optional |= text.contains("optional(");
                self.files.push(File {
                    body,
                    source: SourceFile { id, text },
                });
                Some(self.files.len() - 1)
            }
            Err(error) => {
                let place = error.location();
                loading.note(
                    format!(
                        "`{name}:{}:{}` is not valid HCL, so places in it are not told",
                        place.line(),
                        place.column()
                    ),
                    None,
                );
                None
            }
        }
    }

    fn blocks(&self, path: &str) -> impl Iterator<Item = &Block> {
        let module = self
            .paths
            .get(path)
            .and_then(|number| self.modules.get(*number));
        let places = module.into_iter().flat_map(|module| module.blocks.values());
        places.filter_map(|(file, at)| self.files.get(*file)?.body.get(*at)?.as_block())
    }

    /// The block of that name in a module, by the module's path without keys.
    pub(super) fn block(&self, module: &str, name: &str) -> Option<Found<'_>> {
        let module = self.modules.get(*self.paths.get(module)?)?;
        let (file, at) = module.blocks.get(name)?;
        let file = self.files.get(*file)?;
        Some(Found {
            block: file.body.get(*at)?.as_block()?,
            file: &file.source,
        })
    }

    /// The block that calls a module, when the module's own source is not there.
    pub(super) fn call(&self, module: &str) -> Option<Found<'_>> {
        let (parent, call) = split_module(module)?;
        let found = self.block(&parent, &format!("module.{call}"));
        found.or_else(|| self.call(&parent))
    }

    /// The expression of a local value.
    pub(super) fn local(&self, module: &str, name: &str) -> Option<(&Expression, &SourceFile)> {
        let module = self.modules.get(*self.paths.get(module)?)?;
        let (file, at) = module.locals.get(name)?;
        let file = self.files.get(*file)?;
        let block = file.body.get(*at)?.as_block()?;
        Some((&block.body.get_attribute(name)?.value, &file.source))
    }
}

fn index(module: &mut Module, body: &Body, file: usize) {
    for (at, structure) in body.iter().enumerate() {
        let Structure::Block(block) = structure else {
            continue;
        };
        if block.ident.as_str() == "locals" {
            for attribute in block.body.attributes() {
                module
                    .locals
                    .insert(attribute.key.as_str().to_owned(), (file, at));
            }
            continue;
        }
        let labels = block
            .labels
            .iter()
            .map(hcl_edit::structure::BlockLabel::as_str);
        let name: Vec<&str> = std::iter::once(block.ident.as_str())
            .chain(labels)
            .collect();
        module.blocks.insert(name.join("."), (file, at));
    }
}

fn terraform_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "tf" || extension == "tofu")
        })
        .take(MAX_FILES)
        .collect();
    // Terraform documentation, "Override Files": what they hold comes last.
    files.sort_by_cached_key(|file| (is_override(file), file.clone()));
    files
}

fn is_override(file: &Path) -> bool {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy());
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Whether the `.tf` files of a directory declare anything of the plan's root module.
fn declares(directory: &Path, plan: &Plan<'_>) -> bool {
    let mut wanted: HashSet<String> = HashSet::new();
    for resource in &plan.resources {
        if resource.module.is_empty() && !resource.data {
            wanted.insert(format!("\"{}\" \"{}\"", resource.kind, resource.name));
        } else if let Some((call, _)) = super::plan::steps(&resource.module).first() {
            wanted.insert(format!("module \"{call}\""));
        }
    }
    terraform_files(directory).iter().any(|file| {
        let text = door::read_named(file, MAX_FILE).and_then(door::text);
        text.is_ok_and(|text| wanted.iter().any(|name| text.contains(name)))
    })
}
