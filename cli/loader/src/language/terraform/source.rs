//! The `.tf` files of a root module and of the modules that it calls: blocks and their places.

use super::{
    budget::MAX_TEXT,
    documents::Documents,
    kinds::SOURCE,
    parsed::{self, MAX_FILE},
    plan::{Plan, bare, split_module},
    versions::{Installed, Wanted},
};
use crate::{
    allowance::Allowance,
    door,
    hcl::{File, SourceFile},
    loading::Loading,
    path::clean,
    root::{Refusal, Root},
};
use hcl_edit::{
    expr::Expression,
    structure::{Block, Body, Structure},
};
use policy_engine::{
    source::{Origin, SourceId},
    syntax::{json, node::Node},
};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How deep modules may call each other.
const MAX_DEPTH: usize = 8;
/// The most modules below one root, with those that are not present.
const MAX_MODULES: usize = 10_000;
/// The most blocks of these modules; those of a module count once for each of its calls.
const MAX_BLOCKS: usize = 200_000;
/// The most files of one run of modules.
const MAX_FILES: usize = 2_000;

/// All modules with source.
#[derive(Default)]
pub(super) struct Sources {
    /// Outside of it nothing is read.
    root: Option<Root>,
    files: Vec<Arc<File>>,
    modules: Vec<Module>,
    /// Modules by their path without keys.
    paths: HashMap<String, usize>,
    /// The number of blocks of all modules.
    blocks: usize,
    /// Whether a bound is reached: the call that reached it is the last one of `absent`.
    is_full: bool,
    /// The directory of each module, by its path without keys.
    directories: HashMap<String, PathBuf>,
    /// Where modules are that are not local, by their paths without keys.
    installed: HashMap<String, Installed>,
    /// Calls of modules without source.
    pub(super) absent: Vec<Absent>,
    /// The documents that `file` reads.
    pub(super) documents: Documents,
    /// The directory of the root module.
    start: PathBuf,
    /// What functions may still make in this run.
    pub(super) allowance: Allowance,
}

#[derive(Default)]
struct Module {
    /// `resource.aws_iam_role.pod`, `data.…`, `variable.x`, `output.x`, `module.x`.
    blocks: HashMap<String, (usize, usize)>,
    /// Blocks of override files, in their order.
    overrides: HashMap<String, Vec<(usize, usize)>>,
    locals: HashMap<String, (usize, usize)>,
    /// How many of its files were read.
    files: usize,
}

/// A call of a module without source.
pub(super) struct Absent {
    /// The address of the module.
    pub(super) address: String,
    /// Its `source`, where that is a literal.
    pub(super) source: String,
    /// The name of the file that calls it.
    pub(super) file: String,
    pub(super) origin: Origin,
}

/// A block and its file.
#[derive(Clone, Copy)]
pub(super) struct Declaration<'s> {
    pub(super) block: &'s Block,
    pub(super) file: &'s SourceFile,
}

impl Sources {
    /// Reads the modules of a plan or state: the root from the directory of the file or one above it.
    pub(super) fn load(loading: &mut Loading, path: &Path, plan: &Plan<'_>) -> Self {
        let mut sources = Self {
            allowance: loading.allowance.clone(),
            ..Self::default()
        };
        let root = Root::of(path);
        sources.root = Some(root.clone());
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
                directory.clone_into(&mut sources.start);
                sources.module(loading, directory, "", &root);
                sources.called(loading, directory, "", &root, 0);
                break;
            }
        }
        sources
    }

    /// Reads a root module and the modules that it calls.
    pub(super) fn of_root(loading: &mut Loading, directory: &Path) -> Self {
        let mut sources = Self {
            allowance: loading.allowance.clone(),
            ..Self::default()
        };
        let root = Root::among(&loading.options.paths, &directory.join("main.tf"));
        sources.root = Some(root.clone());
        sources.installed = installed(directory, &root);
        directory.clone_into(&mut sources.start);
        sources.module(loading, directory, "", &root);
        sources.called(loading, directory, "", &root, 0);
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
        // Whatever order the blocks are kept in: two runs read the modules in one order.
        let mut calls: Vec<_> = self
            .blocks(path)
            .filter(|declaration| declaration.block.ident.as_str() == "module")
            .filter_map(|declaration| {
                let name = declaration.block.labels.first()?.as_str().to_owned();
                let source = declaration.block.body.get_attribute("source");
                let source = source.and_then(|source| source.value.as_str());
                let source = source.unwrap_or_default().to_owned();
                let version = declaration.block.body.get_attribute("version");
                let version = version.map(|version| {
                    version
                        .value
                        .as_str()
                        .map_or_else(String::new, str::to_owned)
                });
                let place = declaration.file.head(declaration.block);
                Some((name, Wanted { source, version }, place))
            })
            .collect();
        calls.sort_by(|left, right| left.0.cmp(&right.0));
        for (name, wanted, origin) in calls {
            if self.is_full {
                return;
            }
            let source = wanted.source.clone();
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}module.{name}");
            let local = source.starts_with("./") || source.starts_with("../");
            let called = if local {
                Some(clean(&directory.join(&source)))
            } else {
                let installed = self.installed.get(&path);
                let fitting = installed.filter(|installed| installed.fits(&wanted));
                fitting.map(|installed| installed.folder.clone())
            };
            self.is_full =
                self.modules.len() + self.absent.len() >= MAX_MODULES || self.blocks >= MAX_BLOCKS;
            let is_bounded = depth < MAX_DEPTH && !self.is_full;
            let called =
                called.filter(|called| is_bounded && called.is_dir() && root.check(called).is_ok());
            let Some(called) = called else {
                let file = loading.sources.name(origin.source).to_owned();
                self.absent.push(Absent {
                    address: path,
                    source,
                    file,
                    origin,
                });
                continue;
            };
            self.module(loading, &called, &path, root);
            self.called(loading, &called, &path, root, depth + 1);
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
            let is_override = is_override(&file);
            let Some(number) = self.file(loading, &file, root) else {
                continue;
            };
            let Some(file) = self.files.get(number) else {
                continue;
            };
            module.files += 1;
            let folders = (directory, self.start.as_path());
            let read = (file.source.id, &file.body);
            self.documents.read(loading, read, folders, root);
            index(&mut module, &file.body, number, is_override);
        }
        self.blocks += module.blocks.len();
        self.directories
            .insert(path.to_owned(), directory.to_path_buf());
        self.paths.insert(path.to_owned(), self.modules.len());
        self.modules.push(module);
    }

    fn file(&mut self, loading: &mut Loading, path: &Path, root: &Root) -> Option<usize> {
        let file = parsed::file(loading, path, root)?;
        // A module that is called twice is read once.
        let mut known = self.files.iter();
        let at = known.position(|known| known.source.id == file.source.id);
        Some(at.unwrap_or_else(|| {
            self.files.push(file);
            self.files.len() - 1
        }))
    }

    /// The blocks of a module in the order of its files.
    pub(super) fn blocks(&self, path: &str) -> impl Iterator<Item = Declaration<'_>> {
        let module = self
            .paths
            .get(path)
            .and_then(|number| self.modules.get(*number));
        let mut places: Vec<_> = module
            .into_iter()
            .flat_map(|module| module.blocks.values().copied())
            .collect();
        places.sort_unstable();
        places
            .into_iter()
            .filter_map(|place| self.declaration(place))
    }

    /// The modules with source, by their paths without keys.
    pub(super) fn modules(&self) -> Vec<String> {
        let mut modules: Vec<String> = self.paths.keys().cloned().collect();
        modules.sort();
        modules
    }

    /// Whether each file of a module was read; files in JSON syntax are not.
    pub(super) fn is_whole(&self, module: &str) -> bool {
        let Some(directory) = self.directories.get(module) else {
            return false;
        };
        let Ok(entries) = fs::read_dir(directory) else {
            return false;
        };
        let mut entries = entries.map(|entry| entry.ok().map(|entry| entry.path()));
        let has_json = entries.any(|path| {
            path.is_none_or(|path| {
                let name = path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned());
                name.is_some_and(|name| name.ends_with(".tf.json") || name.ends_with(".tofu.json"))
            })
        });
        let index = self.paths.get(module);
        let count = index
            .and_then(|at| self.modules.get(*at))
            .map(|module| module.files);
        !has_json && count == Some(terraform_files(directory).len())
    }

    /// Whether the source of a module is present, by its path without keys.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.paths.contains_key(path)
    }

    /// The directories of the modules below the root, each with whether the plan has a resource or a data source of it.
    pub(super) fn made(&self, plan: &Plan<'_>) -> Vec<(PathBuf, bool)> {
        let mut alive: HashSet<String> = HashSet::new();
        for resource in &plan.resources {
            let mut module = Some(bare(&resource.module));
            while let Some(path) = module.filter(|path| alive.insert(path.clone())) {
                module = split_module(&path).map(|(caller, _)| caller);
            }
        }
        let below = self.directories.iter().filter(|(path, _)| !path.is_empty());
        below
            .map(|(path, directory)| (directory.clone(), alive.contains(path)))
            .collect()
    }

    /// The directory of a module as `path.module` names it, from that of the root module.
    pub(super) fn path_of(&self, path: &str) -> Option<String> {
        let root = self.directories.get("")?;
        let directory = self.directories.get(path)?;
        if root == directory {
            return Some(".".to_owned());
        }
        let above = root
            .ancestors()
            .position(|above| directory.starts_with(above))?;
        let common = root.ancestors().nth(above)?;
        let inside = directory.strip_prefix(common).ok()?;
        let inside = inside.to_str()?;
        let steps = "../".repeat(above);
        Some(if inside.is_empty() {
            steps.trim_end_matches('/').to_owned()
        } else {
            format!("{steps}{inside}")
        })
    }

    /// Notes that a function has read a file, by its path from the directory of the root module.
    pub(super) fn note(&self, path: &str) {
        if let Some(directory) = self.directories.get("") {
            self.documents.note(&directory.join(path));
        }
    }

    /// Whether there is a file, by its path from the directory of the root module; nothing outside of the repository.
    pub(super) fn is_file(&self, path: &str) -> Option<bool> {
        let directory = self.directories.get("")?;
        match self.root.as_ref()?.check(&directory.join(path)) {
            Ok(path) => Some(path.is_file()),
            Err(Refusal::Missing) => Some(false),
            Err(Refusal::Outside) => None,
        }
    }

    /// The text of a file, by its path from the directory of the root module; nothing where it is outside of the repository.
    pub(super) fn content(&self, path: &str) -> Option<String> {
        let directory = self.directories.get("")?;
        let root = self.root.as_ref()?;
        let read = door::read_inside(root, &directory.join(path), MAX_TEXT as u64);
        read.and_then(door::text).ok()
    }

    /// Takes the files that functions have read off the list of files that are not read: they are no policies of their own.
    pub(super) fn take_files(&self, loading: &mut Loading) {
        let used = self.documents.used();
        let mut names: Vec<_> = used.iter().collect();
        names.sort();
        for name in names {
            loading.read_by(name, SOURCE);
        }
        loading.attached_files.extend(used);
    }

    /// The block of that name in a module, by the module's path without keys.
    pub(super) fn block(&self, module: &str, name: &str) -> Option<Declaration<'_>> {
        let module = self.modules.get(*self.paths.get(module)?)?;
        self.declaration(*module.blocks.get(name)?)
    }

    /// The block of that name that counts for an argument or for nested blocks: the last that has some.
    pub(super) fn stating(
        &self,
        module: &str,
        name: &str,
        argument: &str,
    ) -> Option<Declaration<'_>> {
        let base = self.block(module, name)?;
        let module = self.modules.get(*self.paths.get(module)?)?;
        let overrides = module.overrides.get(name).into_iter().flatten();
        let mut overrides = overrides.rev().filter_map(|place| self.declaration(*place));
        let last = overrides.find(|declaration| {
            let mut blocks = declaration.block.body.blocks();
            declaration.block.body.has_attribute(argument)
                || blocks.any(|block| names(block, argument))
        });
        Some(last.unwrap_or(base))
    }

    fn declaration(&self, (file, at): (usize, usize)) -> Option<Declaration<'_>> {
        let file = self.files.get(file)?;
        Some(Declaration {
            block: file.body.get(at)?.as_block()?,
            file: &file.source,
        })
    }

    /// The block that calls a module, when the module's own source is not there.
    pub(super) fn call(&self, module: &str) -> Option<Declaration<'_>> {
        let (parent, call) = split_module(module)?;
        let call_block = self.block(&parent, &format!("module.{call}"));
        call_block.or_else(|| self.call(&parent))
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

/// Whether a nested block, or what a `dynamic` makes, has that name.
pub(super) fn names(block: &Block, name: &str) -> bool {
    let made = block
        .labels
        .first()
        .filter(|_| block.ident.as_str() == "dynamic");
    block.ident.as_str() == name || made.is_some_and(|label| label.as_str() == name)
}

fn index(module: &mut Module, body: &Body, file: usize, is_override: bool) {
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
        let mut name = name.join(".");
        // Several blocks configure one provider, each with an alias of its own.
        if let Some(alias) = block
            .body
            .get_attribute("alias")
            .filter(|_| block.ident.as_str() == "provider")
            .and_then(|alias| alias.value.as_str())
        {
            name = format!("{name}.{alias}");
        }
        // Terraform documentation, "Override Files": an argument of the later block counts.
        if is_override && module.blocks.contains_key(&name) {
            module.overrides.entry(name).or_default().push((file, at));
        } else {
            module.blocks.insert(name, (file, at));
        }
    }
}

pub(super) fn terraform_files(directory: &Path) -> Vec<PathBuf> {
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

/// Where `terraform init` put modules that are not local, by their paths without keys.
///
/// Terraform documentation, "Module Sources": it copies them below `.terraform/modules`.
fn installed(directory: &Path, root: &Root) -> HashMap<String, Installed> {
    let list = directory.join(".terraform/modules/modules.json");
    let read = door::read_inside(root, &list, MAX_FILE).and_then(door::text);
    let list = read
        .ok()
        .and_then(|text| json::parse(SourceId(0), &text).ok());
    let modules = list
        .as_ref()
        .and_then(|list| list.get("Modules"))
        .and_then(Node::as_list)
        .unwrap_or_default();
    let entry = |module: &Node| {
        let key = module.get("Key")?.as_str().filter(|key| !key.is_empty())?;
        let folder = module.get("Dir")?.as_str()?;
        let path = format!("module.{}", key.replace('.', ".module."));
        let text = |name: &str| {
            let text = module.get(name).and_then(Node::as_str);
            text.map_or_else(String::new, str::to_owned)
        };
        let installed = Installed {
            folder: clean(&directory.join(folder)),
            source: text("Source"),
            version: text("Version"),
        };
        Some((path, installed))
    };
    modules.iter().filter_map(entry).collect()
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
