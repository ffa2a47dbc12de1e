//! `--config-from`: what a change would do to its own judgement. None of it has an effect; each is named.

use super::compared::Compared;
use crate::{
    args::Judging,
    baseline::{Baseline, Known},
    commands::Trouble,
    config::{self, Config, base::Base},
    inline::Inline,
    judge::{Change, Effect},
};
use loader::{FileRead, Kind, Loaded, Overlay, Promised, Understood, shown, shown_path};
use policy_engine::source::{Origin, SourceId, SourceMap, Span};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
};

/// The name of a world file.
const WORLD_FILE: &str = "ascp-policy.yaml";

/// The largest file that is compared.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// What differs from the base.
#[derive(Default)]
pub(super) struct Changed {
    /// Files that have no text in the report: the configuration and the baseline.
    pub(super) sources: SourceMap,
    /// The changes; a place without a world is in `sources`.
    pub(super) changes: Vec<Change>,
    /// World files that differ, with the message, until the number of their world is known.
    worlds: Vec<(String, String, Effect)>,
}

impl Changed {
    /// The texts of the worlds with the promises of the base.
    pub(super) fn promises(
        &mut self,
        loaded: &Loaded,
        base: &Base,
        overlay: &Overlay,
    ) -> Result<Overlay, Trouble> {
        let mut made = overlay.clone();
        let worlds = loaded.files.iter();
        for file in worlds.filter(|file| file.kind == Some(Kind::WORLD)) {
            let path = Path::new(&file.name);
            // A world from outside the repository is the user's own choice.
            if !base.holds(path) {
                continue;
            }
            let before = base.read(path).map_err(|error| trouble(&error))?;
            let Some(text) = current(path, overlay) else {
                let title = format!("{}: its promises cannot be compared", file.name);
                return Err(Trouble::new(title, None));
            };
            let other = loader::with_promises_of(&text, before.as_deref()).map_err(|help| {
                let title = format!(
                    "{}: its promises cannot be taken from {}",
                    file.name, base.revision
                );
                Trouble::new(title, Some(help.to_owned()))
            })?;
            if before
                .as_deref()
                .is_some_and(|before| loader::facts_differ(&text, before))
            {
                let name = &file.name;
                let message = format!(
                    "facts of `{name}` differ from the base: `check` applies those of the change"
                );
                self.worlds.push((name.clone(), message, Effect::Applied));
            }
            if let Some(Promised { text, differing }) = other {
                made.insert(PathBuf::from(&file.name), text);
                let message = promises(&file.name, &differing, before.is_some());
                self.worlds.push((file.name.clone(), message, Effect::None));
            }
        }
        Ok(made)
    }

    /// Gives the changes of a world their places.
    pub(super) fn take_world(&mut self, loaded: &Loaded, world: usize) {
        for (name, message, effect) in std::mem::take(&mut self.worlds) {
            let mut sources = loaded.sources.iter();
            let source = sources.find(|(_, source)| source.name == name);
            let source = source.map_or(SourceId(0), |(id, _)| id);
            let change = Change::new(Some(world), first_line(source), name, message);
            self.changes.push(Change { effect, ..change });
        }
    }

    /// Takes out the exceptions that the base does not have.
    pub(super) fn exceptions(
        &mut self,
        exceptions: &mut Vec<Inline>,
        loaded: &Loaded,
        base: &Base,
        overlay: &Overlay,
    ) -> Result<(), Trouble> {
        let mut files: HashMap<SourceId, Compared> = HashMap::new();
        let mut kept = Vec::new();
        for exception in exceptions.drain(..) {
            let source = exception.origin.source;
            if let std::collections::hash_map::Entry::Vacant(free) = files.entry(source) {
                let path = Path::new(loaded.sources.name(source));
                let before = base
                    .read(path)
                    .map_err(|error| trouble(&error))?
                    .unwrap_or_default();
                let now = current(path, overlay).unwrap_or_default();
                free.insert(Compared::new(&before, &now));
            }
            let line = |origin| {
                let place = loaded.sources.position(origin);
                place.map_or(0, |place| place.line)
            };
            let at = (line(exception.origin), line(exception.covers));
            let is_known = files
                .get_mut(&source)
                .is_some_and(|file| file.take(at.0, at.1, exception.whole_file));
            if is_known {
                kept.push(exception);
                continue;
            }
            let codes: Vec<&str> = exception
                .codes
                .iter()
                .map(|code| code.text.value.as_str())
                .collect();
            let codes = codes.join(", ");
            let message = format!("the exception for {codes} is not in the base and has no effect");
            let (world, origin) = (Some(exception.world), exception.origin);
            self.changes
                .push(Change::new(world, origin, codes, message));
        }
        *exceptions = kept;
        Ok(())
    }

    /// The baseline, as the base has it.
    pub(super) fn baseline(
        &mut self,
        known: &Known,
        config: &Config,
    ) -> Result<Option<Baseline>, Trouble> {
        let name = shown_path(&known.path);
        let failed = |error| Trouble::new(format!("{name}: {error}"), None);
        let Some(base) = config.base.as_ref().filter(|base| base.holds(&known.path)) else {
            return Baseline::read(known).map(Some).map_err(failed);
        };
        let before = base.read(&known.path).map_err(|error| trouble(&error))?;
        self.compare(&known.path, before.as_deref(), "the baseline");
        let baseline = before.map(|text| Baseline::parse(&text));
        baseline.transpose().map_err(failed)
    }

    /// Compares the configuration that a run without `--config-from` would use.
    pub(super) fn configuration(&mut self, judging: &Judging, paths: &[PathBuf], config: &Config) {
        let Some(base) = config.base.as_ref().filter(|_| !judging.no_config) else {
            return;
        };
        let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let own = judging.config.clone().or_else(|| config::find(first));
        let Some(path) = own.as_deref().or(config.file.as_deref()) else {
            return;
        };
        let before = base.read(path).ok().flatten();
        self.compare(path, before.as_deref(), "the configuration");
    }

    fn compare(&mut self, path: &Path, before: Option<&str>, what: &str) {
        let now = current(path, &Overlay::default());
        if now.as_deref() == before {
            return;
        }
        let name = shown_path(path);
        let message =
            format!("{what} `{name}` differs from the base: `check` applies the text of the base");
        let origin = self.place(&name, &now.unwrap_or_default());
        self.changes.push(Change::new(None, origin, name, message));
    }

    /// Names the worlds with promises that the base has and this run does not read.
    pub(super) fn lost_worlds(
        &mut self,
        paths: &[PathBuf],
        files: &[FileRead],
        base: &Base,
    ) -> Result<(), Trouble> {
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let worlds = files.iter().filter(|file| file.kind == Some(Kind::WORLD));
        let known: HashSet<PathBuf> = worlds
            .map(|file| canonical(Path::new(&file.name)))
            .collect();
        let mut lost = BTreeSet::new();
        for path in paths {
            let files = base
                .named(WORLD_FILE, path)
                .map_err(|error| trouble(&error))?;
            lost.extend(files.into_iter().filter(|file| {
                // A world above is read only if it is the nearest.
                let is_above = !file.starts_with(canonical(path));
                let is_read = known.contains(&canonical(file));
                !is_read && (!is_above || !file.is_file())
            }));
        }
        for file in lost {
            let text = base.read(&file).map_err(|error| trouble(&error))?;
            let promises = text.map(|text| loader::with_promises_of("", Some(&text)));
            let is_silent = match promises {
                None | Some(Ok(None)) => true,
                Some(Ok(Some(promised))) => !promised.differing.contains(&"expect"),
                Some(Err(_)) => false,
            };
            if is_silent {
                continue;
            }
            let name = shown_path(&file);
            let message = format!(
                "the base has promises in `{name}`, which is no world file any more: `check` does not test them"
            );
            let origin = self.place(&name, "");
            let change = Change::new(None, origin, name, message);
            self.changes.push(Change {
                effect: Effect::Lost,
                ..change
            });
        }
        Ok(())
    }

    /// The place of a file, which is not shown.
    fn place(&mut self, name: &str, text: &str) -> Origin {
        let source = self.sources.add(name, shown(text, &Understood::Not));
        self.sources.hide(source, Vec::new());
        first_line(source)
    }
}

impl Change {
    fn new(world: Option<usize>, origin: Origin, object: String, message: String) -> Self {
        Self {
            world,
            origin,
            object,
            message,
            effect: Effect::None,
        }
    }
}

/// What `check` does with the promises of a world that differ from the base.
fn promises(name: &str, differing: &[&str], is_known: bool) -> String {
    let keys: Vec<_> = differing.iter().map(|key| format!("`{key}`")).collect();
    let keys = keys.join(", ");
    if is_known {
        format!("{keys} of `{name}` differ from the base: `check` applies the text of the base")
    } else {
        format!(
            "the base has no `{name}`: `check` ignores its promises and treats its facts as incomplete"
        )
    }
}

/// The text of a file now.
fn current(path: &Path, overlay: &Overlay) -> Option<String> {
    let replaced = overlay.get(path).cloned();
    replaced.or_else(|| {
        loader::read_named(path, MAX_FILE)
            .and_then(loader::decoded)
            .ok()
    })
}

fn first_line(source: SourceId) -> Origin {
    Origin {
        source,
        span: Span::new(0, 0),
    }
}

fn trouble(error: &str) -> Trouble {
    Trouble::new(format!("--config-from: {error}"), None)
}
