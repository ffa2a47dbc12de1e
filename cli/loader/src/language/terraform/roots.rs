//! Root modules that no plan describes: directories with `.tf` files that no other module calls.
//!
//! Terraform documentation, "Modules Overview", "The Root Module".

use super::{
    accounts::Accounts,
    elsewhere::{self, homeless, placing},
    expand,
    kinds::{PLAN, SOURCE, WORDS},
    oidc,
    parsed::{self, MAX_FILE},
    providers,
    resolve::Resolver,
    resources,
    source::{Absent, Sources, terraform_files},
};
use crate::{
    adapt::{self, Batch},
    door,
    hcl::Pending,
    language::kubernetes,
    loaded::Unread,
    loading::Loading,
    opened::{Wanted, report},
    path::{clean, display, within},
    pending::{Stray, StrayFact},
    root::Root,
    setting::Setting,
    shown::{Understood, shown},
    unread,
};
use hcl_edit::structure::{Body, Structure};
use policy_engine::{
    source::Origin,
    syntax::{
        json,
        node::{Node, Value},
    },
    text::Hole,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
};

/// Whether a file of Terraform source is in JSON syntax, which is read from a plan alone.
pub(crate) fn has_json_syntax(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}

/// Keeps a file until all plans are read.
pub(crate) fn wait(
    loading: &mut Loading,
    wanted: &Wanted,
    setting: &Setting,
    unread: Option<Unread>,
) {
    if let Some(kind) = wanted.kind.filter(|kind| *kind != SOURCE) {
        if wanted.named {
            let message = format!("`{}` is {SOURCE}, not {kind}", wanted.name);
            let help = "correct `kind`, or leave it out";
            report(loading, &wanted.name, wanted.because, message, Some(help));
        } else {
            let why = format!("{SOURCE}, but the include requires {kind}");
            loading.skip_file(&wanted.name, why);
        }
        return;
    }
    loading.terraform.pending.push(Pending {
        path: wanted.path.clone(),
        name: wanted.name.clone(),
        setting: setting.clone(),
        unread,
    });
}

/// Reads the root modules among the files that wait.
pub(crate) fn take(loading: &mut Loading) {
    let pending = std::mem::take(&mut loading.terraform.pending);
    let mut folders: BTreeMap<PathBuf, &Pending> = BTreeMap::new();
    let mut covered: BTreeSet<PathBuf> = BTreeSet::new();
    // Directories with files in JSON syntax that describe facts of this job.
    let mut partial: BTreeSet<PathBuf> = BTreeSet::new();
    let read = read_names(loading);
    for file in &pending {
        let Ok(path) = std::path::absolute(&file.path) else {
            continue;
        };
        let Some(folder) = clean(&path).parent().map(Path::to_path_buf) else {
            continue;
        };
        if read.contains(&file.name) {
            // A plan of this module is the truth about it.
            covered.insert(folder);
        } else if !has_json_syntax(&file.path) {
            folders.entry(folder).or_insert(file);
        } else if file.unread.is_some() {
            partial.insert(folder);
        }
    }
    folders.retain(|folder, _| !covered.contains(folder));
    let roots = roots(loading, folders.keys());
    folders.retain(|folder, _| roots.contains(folder));
    let has_plan = loading.files.iter().any(|file| file.kind == Some(PLAN));
    let is_further = folders.len() > 1 || has_plan;
    let mut made: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for (folder, file) in &folders {
        let label = is_further.then(|| within(Path::new(&display(folder))));
        let modules = root(
            loading,
            folder,
            &file.setting,
            (label, partial.contains(folder)),
        );
        for (module, is_made) in modules {
            *made.entry(module).or_default() |= is_made;
        }
        made.insert(folder.clone(), true);
    }
    let read = read_names(loading);
    let mut unmade: BTreeSet<PathBuf> = BTreeSet::new();
    for file in pending {
        if read.contains(&file.name) {
            let folder = std::path::absolute(&file.path).ok();
            let folder = folder.and_then(|path| clean(&path).parent().map(Path::to_path_buf));
            let is_unmade = |folder: &PathBuf| made.get(folder) == Some(&false);
            unmade.extend(folder.filter(is_unmade).filter(|_| file.unread.is_some()));
            continue;
        }
        match file.unread {
            Some(unread) => loading.unread_file(&file.name, unread),
            None => loading.skip_file(&file.name, format!("{SOURCE}, of no module that is read")),
        }
    }
    for folder in unmade {
        let message = format!(
            "nothing of the module in `{}` is made: each call of it, or each of its resources, has `count = 0` or an empty `for_each`",
            display(&folder)
        );
        loading.note(message, None);
    }
}

fn read_names(loading: &Loading) -> HashSet<String> {
    let read = loading
        .files
        .iter()
        .filter(|file| file.kind == Some(SOURCE));
    read.map(|file| file.name.clone()).collect()
}

/// The directories that no module calls, and those that show by themselves that Terraform runs in them.
fn roots<'f>(
    loading: &mut Loading,
    folders: impl Iterator<Item = &'f PathBuf>,
) -> BTreeSet<PathBuf> {
    let mut roots = BTreeSet::new();
    let mut calls: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    for folder in folders {
        let of_folder = calls.entry(folder).or_default();
        let root = Root::among(&loading.options.paths, &folder.join("main.tf"));
        let mut is_run = RUN.iter().any(|name| folder.join(name).is_file());
        for path in terraform_files(folder) {
            let read = door::read_inside(&root, &path, MAX_FILE).and_then(door::text);
            let Ok(text) = read else { continue };
            // Most files call no module, and parsing is what costs.
            if !["module", "backend", "cloud"]
                .iter()
                .any(|word| text.contains(word))
            {
                continue;
            }
            let Some(file) = parsed::file(loading, &path, &root) else {
                continue;
            };
            is_run |= has_backend(&file.body);
            of_folder.extend(local_calls(&file.body).map(|source| clean(&folder.join(source))));
        }
        of_folder.remove(folder);
        if is_run {
            roots.insert(folder.clone());
        }
    }
    let mut called: BTreeSet<&PathBuf> = BTreeSet::new();
    for of_folder in calls.values() {
        called.extend(of_folder);
    }
    let own = calls.keys().filter(|folder| !called.contains(*folder));
    roots.extend(own.map(|folder| (*folder).clone()));
    // Directories that call each other in a circle: the first one is read.
    let mut reached = BTreeSet::new();
    let mut next: Vec<PathBuf> = roots.iter().cloned().collect();
    let mut others = calls.keys();
    loop {
        while let Some(folder) = next.pop() {
            if let Some(of_folder) = calls.get(&folder) {
                let new = of_folder.iter().filter(|called| !reached.contains(*called));
                next.extend(new.cloned());
            }
            reached.insert(folder);
        }
        let Some(folder) = others.find(|folder| !reached.contains(**folder)) else {
            return roots;
        };
        roots.insert((*folder).clone());
        next.push((*folder).clone());
    }
}

/// Files beside the source of a root module: those of `terraform init`, and values that Terraform reads in a root module alone.
const RUN: [&str; 2] = [".terraform.lock.hcl", "terraform.tfvars"];

/// Whether a body says where the state is, which it does in a root module alone.
///
/// Terraform documentation, "Backend Configuration" and "The `cloud` Block".
fn has_backend(body: &Body) -> bool {
    let settings = body.get_blocks("terraform");
    let mut inner = settings.flat_map(|block| block.body.blocks());
    inner.any(|block| matches!(block.ident.as_str(), "backend" | "cloud"))
}

/// The local sources of the modules that a body calls.
fn local_calls(body: &Body) -> impl Iterator<Item = &str> {
    let blocks = body.iter().filter_map(Structure::as_block);
    let calls = blocks.filter(|block| block.ident.as_str() == "module");
    calls.filter_map(|block| {
        let source = block.body.get_attribute("source")?.value.as_str()?;
        (source.starts_with("./") || source.starts_with("../")).then_some(source)
    })
}

/// Takes the facts of a root module; the directories of its modules, each with whether something of it is made.
fn root(
    loading: &mut Loading,
    folder: &Path,
    setting: &Setting,
    (label, is_partial): (Option<String>, bool),
) -> Vec<(PathBuf, bool)> {
    let sources = Sources::of_root(loading, folder);
    let given = given(loading, folder, setting);
    let names = Accounts::outside(loading, setting);
    let plan = expand::plan(&sources, &names, given);
    let empty = Resolver::new(&plan, &sources, names.clone());
    let accounts = providers::accounts(&empty, &names);
    let mut resolver = Resolver::new(&plan, &sources, accounts.clone());
    resolver.label = label;
    let lost = homeless(&plan, &accounts).map(|(resource, what)| (resource.address.clone(), what));
    let taken = resources::read(loading, &resolver, true);
    let home = accounts.home_of("aws");
    adapt::take(
        &mut Batch::new(loading, setting, &WORDS, ""),
        &taken.resources,
    );
    kubernetes::take(loading, &taken.objects, "", setting);
    elsewhere::take(loading, &resolver, &accounts, setting);
    oidc::name(loading, &resolver);
    sources.take_files(loading);
    let name = display(folder);
    elsewhere::name(loading, &plan, &accounts, &name);
    if let Some((resource, what)) = lost {
        if what == "account" {
            loading.without_account(&name);
        }
        let message = format!("`{name}` does not contain the {what} of `{resource}`");
        loading.unread_file(
            &name,
            unread::unplaced("Terraform root module", &message, placing(what)),
        );
    }
    let is_cut = plan
        .declared
        .as_ref()
        .is_some_and(|declared| declared.is_cut);
    if is_cut || !resolver.budget.spend(0) {
        loading.unread_file(
            &name,
            Unread {
                what: "Terraform root module",
                how: "it is too much to evaluate; save its plan".to_owned(),
            },
        );
    }
    if is_partial {
        leave_open(loading, home.account.as_deref(), &name);
    }
    for absent in &sources.absent {
        missing(loading, absent, home.account.as_deref());
    }
    sources.made(&plan)
}

/// Leaves open what the files of a root module that are not read may make or change in its account.
fn leave_open(loading: &mut Loading, account: Option<&str>, name: &str) {
    loading.leave_open(account, Origin::NOWHERE);
    let hole = || Hole::any(format!("what a file of {name} in JSON syntax makes"));
    let changes = [
        StrayFact::Role(hole()),
        StrayFact::Secret(hole()),
        StrayFact::KeyPolicy(hole()),
        StrayFact::Grant(hole()),
    ];
    if let Some(account) = account {
        let changes = changes.map(|change| Stray::within(account.to_owned(), change));
        loading.strays.extend(changes);
    }
}

/// Names a module without source; its resources are unknown.
fn missing(loading: &mut Loading, absent: &Absent, account: Option<&str>) {
    // A source can hold credentials: those of a user before its host, and those of a query.
    let shown = absent.source.split('?').next().unwrap_or("");
    let source = if shown.is_empty() || shown.contains('@') {
        String::new()
    } else {
        format!(" (source `{shown}`)")
    };
    loading.unread_file(
        &format!("{} in {}", absent.address, absent.file),
        Unread {
            what: "Terraform module",
            how: format!(
                "its source is not in the repository{source}: run `terraform init` first, or save the plan"
            ),
        },
    );
    loading.leave_open(account, absent.origin);
}

/// The values of variables: from `terraform.tfvars`, then `*.auto.tfvars` in the order of their names, then from the include.
///
/// Terraform documentation, "Input Variables", "Variable Definition Precedence".
fn given(loading: &mut Loading, folder: &Path, setting: &Setting) -> expand::Given {
    let root = Root::among(&loading.options.paths, &folder.join("main.tf"));
    let mut given = expand::Given::default();
    for path in value_files(folder) {
        let is_json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        if !is_json {
            let name = display(&path);
            if let Some(file) = parsed::file(loading, &path, &root) {
                loading.read_file(&name, SOURCE);
                given.files.push(file);
            }
            continue;
        }
        let read = door::read_inside(&root, &path, MAX_FILE).and_then(door::text);
        let Ok(text) = read else { continue };
        let name = display(&path);
        let id = loading.add_source(&name, shown(&text, &Understood::Not));
        match json::parse(id, &text) {
            Ok(Node {
                value: Value::Map(members),
                ..
            }) => given.values.push((given.files.len(), members)),
            _ => loading.note(
                format!("`{name}` is no JSON object, so it is not read"),
                None,
            ),
        }
    }
    for path in alternatives(folder) {
        let name = display(&path);
        if let Some(file) = parsed::file(loading, &path, &root) {
            loading.read_file(&name, SOURCE);
            let short = path.strip_prefix(folder).unwrap_or(&path);
            given.alternatives.push((short.display().to_string(), file));
        }
    }
    given.last.clone_from(&setting.values);
    given
}

/// Folders whose files have values of other runs: of tests, examples, and of `terraform init -backend-config`.
const APART: [&str; 6] = [
    "example", "examples", "test", "tests", "backend", "backends",
];

/// The files with values that a run may name: those of the folder and of the folders below it that hold no source.
fn alternatives(folder: &Path) -> Vec<PathBuf> {
    let mut files = tfvars(folder);
    for below in entries(folder).into_iter().filter(|path| path.is_dir()) {
        let is_hidden = below
            .file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'));
        let is_apart = below
            .file_name()
            .is_some_and(|name| APART.iter().any(|folder| name == *folder));
        if is_hidden || is_apart || !terraform_files(&below).is_empty() {
            continue;
        }
        files.extend(tfvars(&below));
        let inner = entries(&below).into_iter().filter(|path| path.is_dir());
        files.extend(
            inner
                .filter(|path| terraform_files(path).is_empty())
                .flat_map(|path| tfvars(&path)),
        );
    }
    files.retain(|path| !value_files(folder).contains(path));
    files.sort();
    files
}

fn tfvars(folder: &Path) -> Vec<PathBuf> {
    let mut files = entries(folder);
    files.retain(|path| path.is_file() && path.extension().is_some_and(|own| own == "tfvars"));
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

/// The files with values that Terraform reads by itself, in its order.
fn value_files(folder: &Path) -> Vec<PathBuf> {
    let rank = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        match name {
            "terraform.tfvars" => Some(0),
            "terraform.tfvars.json" => Some(1),
            _ if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => Some(2),
            _ => None,
        }
    };
    let mut files: Vec<(i32, PathBuf)> = entries(folder)
        .into_iter()
        .filter_map(|path| Some((rank(&path)?, path)))
        .collect();
    files.sort();
    files.into_iter().map(|(_, path)| path).collect()
}
