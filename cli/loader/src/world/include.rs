//! The sources that a world includes: a file, a directory or a pattern, with the settings of the world for them.

use super::reading::Reading;
use crate::{
    detect::is_world,
    fields::spelt,
    files,
    kind::Kind,
    language::{FORMATS, read_kinds},
    loading::{Loading, did_you_mean},
    open,
    opened::Wanted,
    path::display,
    root::Refusal,
    setting::Setting,
    walk,
};
use policy_engine::{
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};
use std::path::{Component, Path, PathBuf};

const KEYS: [&str; 7] = [
    "path",
    "kind",
    "account",
    "region",
    "cluster",
    "namespace",
    "values",
];

/// The most includes of one world.
const MAX_INCLUDES: usize = 5_000;

struct Include {
    path: Spanned<String>,
    kind: Option<Spanned<Kind>>,
    setting: Setting,
}

impl Reading<'_> {
    pub(super) fn includes(&mut self, node: &Node, directory: &Path) {
        let Some(list) = node.get("include") else {
            return;
        };
        let items = self.loading.list(list, "`include`");
        if let Some(item) = items.get(MAX_INCLUDES) {
            let message = format!("more than {MAX_INCLUDES} includes");
            let help = "include a directory, or write a pattern";
            self.loading.problem(message, Some(help), item.origin);
            return;
        }
        for item in items {
            if let Some(include) = self.include(item) {
                self.expand(&include, directory);
            }
        }
    }

    fn include(&mut self, node: &Node) -> Option<Include> {
        let plain = Setting {
            cluster: self.loading.options.cluster.clone().unwrap_or_default(),
            region: self.loading.options.region.clone(),
            ..Setting::default()
        };
        if !matches!(node.value, Value::Map(_)) {
            let path = self.loading.text(node, "an include")?;
            return Some(Include {
                path,
                kind: None,
                setting: plain,
            });
        }
        self.loading.fields(node, "an include", &KEYS);
        let Some(path) = node.get("path") else {
            self.loading
                .problem("an include needs a `path`", None, node.origin);
            return None;
        };
        let path = self.loading.text(path, "a path")?;
        let kind = match node.get("kind") {
            Some(kind) => Some(self.kind(kind)?),
            None => None,
        };
        let mut setting = plain;
        if let Some(account) = node
            .get("account")
            .and_then(|node| self.loading.text(node, "an account's name"))
        {
            self.account_of(&account, &mut setting);
        }
        if let Some(region) = node
            .get("region")
            .and_then(|node| self.loading.region(node))
        {
            setting.region = Some(region.value);
        }
        if let Some(cluster) = node
            .get("cluster")
            .and_then(|node| self.loading.text(node, "a cluster's name"))
        {
            setting.cluster = cluster.value;
        }
        setting.namespace = node
            .get("namespace")
            .and_then(spelt)
            .map(|namespace| namespace.value);
        if let Some(values) = node.get("values") {
            for (name, value) in self.loading.map(values, "`values`") {
                if let Some(name) = name.as_str() {
                    setting.values.push((name.to_owned(), value.clone()));
                }
            }
        }
        Some(Include {
            path,
            kind,
            setting,
        })
    }

    fn kind(&mut self, node: &Node) -> Option<Spanned<Kind>> {
        // A policy alone belongs to nothing; one that does is named where it belongs.
        let named = FORMATS.iter().filter(|format| format.kind != Kind::POLICY);
        let words: Vec<_> = named.map(|format| format.kind.name()).collect();
        let word = self.loading.word(node, "a kind", &words)?;
        let mut formats = FORMATS.iter();
        let format = formats.find(|format| format.kind.name() == word.value)?;
        if format.read.is_some() || format.kind == Kind::WORLD {
            return Some(Spanned::new(format.kind, word.origin));
        }
        let message = format!("this release does not read the kind `{}`", word.value);
        self.loading
            .problem(message, Some(&read_kinds()), word.origin);
        None
    }

    fn account_of(&mut self, name: &Spanned<String>, setting: &mut Setting) {
        let Some(account) = self.loading.account(&name.value).cloned() else {
            let help = did_you_mean(
                &name.value,
                self.loading
                    .accounts
                    .iter()
                    .map(|account| account.name.as_str()),
            );
            let message = format!("no account has the name `{}`", name.value);
            self.loading.problem(
                message,
                help.as_deref().or(Some("describe it under `accounts`")),
                name.origin,
            );
            return;
        };
        if account.id.is_none() {
            let message = format!("the account `{}` has no `id`", name.value);
            let labels = vec![
                (name.origin, String::new()),
                (account.origin, "add `id` here".to_owned()),
            ];
            self.loading.labelled(message, None, labels);
        }
        setting.account = account.id;
        setting.region = account.region.or(setting.region.take());
        setting.partition = Some(account.partition);
    }

    fn expand(&mut self, include: &Include, directory: &Path) {
        let written = &include.path;
        let path = directory.join(&written.value);
        if written.value.contains(['*', '?', '[']) {
            self.pattern(include, &path);
            return;
        }
        let Some(path) = self.inside(&path, written) else {
            return;
        };
        if path.is_dir() {
            self.directory(include, &path, written.origin);
        } else {
            self.file(include, path, true);
        }
    }

    fn directory(&mut self, include: &Include, directory: &Path, origin: Origin) {
        let count = |loading: &Loading| {
            loading.files.len() + loading.problems.len() + loading.terraform.waiting()
        };
        let before = count(self.loading);
        let files = walk::walk(self.loading, directory, Some(origin));
        self.files(include, files);
        if count(self.loading) == before {
            let message = format!("`{}` contains no file that can be read", include.path.value);
            self.loading
                .problem(message, Some("files end in .yaml, .yml or .json"), origin);
        }
    }

    fn pattern(&mut self, include: &Include, path: &Path) {
        let written = &include.path;
        // The part before the first wildcard must lie inside, and what follows must not lead out again.
        let mut start = PathBuf::new();
        let mut rest = path.components().peekable();
        while let Some(component) = rest.next_if(|component| !has_wildcard(component)) {
            start.push(component);
        }
        if rest.any(|component| component == Component::ParentDir) {
            let message = format!("`{}` leads upwards behind a wildcard", written.value);
            self.loading
                .problem(message, Some("write the directory out"), written.origin);
            return;
        }
        if self
            .inside(
                if start.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    &start
                },
                written,
            )
            .is_none()
        {
            return;
        }
        let Some(matches) = path.to_str().and_then(|pattern| glob::glob(pattern).ok()) else {
            self.loading.problem(
                format!("`{}` is not a pattern of files", written.value),
                None,
                written.origin,
            );
            return;
        };
        let mut files = Vec::new();
        for file in matches.filter_map(Result::ok).take(open::MAX_FILES + 1) {
            // A link that leads out is left out, as in a directory.
            let Ok(_) = self.root.check(&file) else {
                continue;
            };
            if file.is_file() {
                files.push(file);
            }
        }
        if files.is_empty() {
            self.loading.problem(
                format!("no file matches `{}`", written.value),
                None,
                written.origin,
            );
        }
        self.files(include, files);
    }

    /// Files that the include does not name one by one.
    fn files(&mut self, include: &Include, files: Vec<PathBuf>) {
        if include.kind.as_ref().map(|kind| kind.value) == Some(Kind::WORLD) {
            for file in files {
                self.file(include, file, false);
            }
            return;
        }
        let wanted = files.into_iter().map(|file| Wanted {
            name: display(&file),
            path: file,
            named: false,
            because: Some(include.path.origin),
            kind: include.kind.as_ref().map(|kind| kind.value),
        });
        files::read_all(self.loading, &wanted.collect::<Vec<_>>(), &include.setting);
    }

    fn file(&mut self, include: &Include, path: PathBuf, named: bool) {
        let wanted = Wanted {
            name: display(&path),
            path,
            named,
            because: Some(include.path.origin),
            kind: include.kind.as_ref().map(|kind| kind.value),
        };
        let is_world = named && is_world(&wanted.path);
        if is_world || wanted.kind == Some(Kind::WORLD) {
            if wanted.kind.is_some_and(|kind| kind != Kind::WORLD) {
                let message = format!("`{}` is {}", wanted.name, Kind::WORLD);
                self.loading.problem(
                    message,
                    Some("correct `kind`, or leave it out"),
                    include.path.origin,
                );
                return;
            }
            self.world(&wanted, false);
            return;
        }
        files::read(self.loading, &wanted, &include.setting);
    }

    /// The path, when it exists and lies inside the root; the problem otherwise.
    fn inside(&mut self, path: &Path, written: &Spanned<String>) -> Option<PathBuf> {
        match self.root.check(path) {
            Ok(_) => Some(path.to_path_buf()),
            Err(refusal) => {
                super::decoder::refused(self.loading, &refusal, written);
                None
            }
        }
    }
}

fn has_wildcard(component: &Component<'_>) -> bool {
    component
        .as_os_str()
        .to_str()
        .is_some_and(|text| text.contains(['*', '?', '[']))
}

impl Refusal {
    /// The message and the help.
    pub(super) fn text(&self, path: &str) -> (String, &'static str) {
        match self {
            Self::Missing => (
                format!("`{path}` does not exist"),
                "paths start at the directory of the world file",
            ),
            Self::Outside => (
                format!("`{path}` lies outside the directory of the world"),
                "a world reads only files of its own repository, links included",
            ),
        }
    }
}
