//! A volume: its present content, the plan of the changes, and the steps that make them.

use super::{
    error::{WriteError, at},
    staging::{Links, OWN, Staging, create, fresh_name, is_directory},
};
use crate::{fetch::OutputFile, objects::DIALECT};
use policy_engine::inventory::class::FileNameFault;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, Permissions},
    io,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

/// The link that a mount switches; the driver and kubelet use the same name.
pub(super) const DATA: &str = "..data";
/// The temporary name of that link in the driver and kubelet.
pub(super) const DATA_TMP: &str = "..data_tmp";

/// The treatment of files that the class no longer lists.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stale<'a> {
    /// They stay, as in upstream.
    Keep,
    /// They are removed: those in the hidden directory, and plain files with these names, which the driver reports as mounted.
    Remove(&'a [String]),
}

/// A volume, and its hidden directory if it has one.
pub(super) struct Volume<'a> {
    target: &'a Path,
    current: Option<PathBuf>,
}

/// The changes that a mount makes.
pub(super) struct Plan<'a> {
    /// Wanted files that already have the content and the mode.
    pub(super) unchanged: BTreeSet<&'a str>,
    /// Wanted files that are plain files: upstream wrote them, without a hidden directory.
    pub(super) plain: Vec<&'a str>,
    /// First components of wanted files that are not yet links into the hidden directory.
    pub(super) unlinked: BTreeSet<&'a str>,
    /// Files of the hidden directory that stay, although the class does not list them.
    kept: Vec<String>,
    /// Files of the hidden directory that are removed.
    pub(super) gone: Vec<String>,
}

impl<'a> Volume<'a> {
    /// Finds the hidden directory, and removes the directories of killed processes.
    pub(super) fn open(target: &'a Path) -> Result<Self, WriteError> {
        let current = match fs::read_link(target.join(DATA)) {
            Ok(name) => {
                // A container with write access could point the link elsewhere.
                let hidden = name.to_str().filter(|name| is_hidden(name));
                let directory = hidden.map(|name| target.join(name));
                directory.filter(|path| is_directory(path))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(at(&target.join(DATA))(error)),
        };
        let volume = Self { target, current };
        volume.remove_left_over();
        Ok(volume)
    }

    fn remove_left_over(&self) {
        let Ok(entries) = fs::read_dir(self.target) else {
            return;
        };
        for entry in entries.flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() && is_hidden(&name) && self.current.as_ref() != Some(&path) {
                let _ = fs::remove_dir_all(path);
            } else if kind.is_symlink() && (name.starts_with(OWN) || name == DATA_TMP) {
                let _ = fs::remove_file(path);
            }
        }
    }

    pub(super) fn plan<'w>(
        &self,
        wanted: &BTreeMap<&'w str, &OutputFile>,
        stale: Stale<'_>,
    ) -> Result<Plan<'w>, WriteError> {
        let mut plan = Plan {
            unchanged: BTreeSet::new(),
            plain: Vec::new(),
            unlinked: BTreeSet::new(),
            kept: Vec::new(),
            gone: Vec::new(),
        };
        for (&name, file) in wanted {
            let first = first_component(name);
            let visible = self.target.join(first);
            let facts = match fs::symlink_metadata(&visible) {
                Ok(facts) => Some(facts),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(at(&visible)(error)),
            };
            if facts.as_ref().is_some_and(fs::Metadata::is_dir) {
                let problem = "a directory has this name";
                let error = io::Error::new(io::ErrorKind::IsADirectory, problem);
                return Err(at(&visible)(error));
            }
            let path = if first == name && facts.is_some_and(|facts| facts.is_file()) {
                plan.plain.push(name);
                Some(visible)
            } else {
                if fs::read_link(&visible).ok().as_deref() != Some(&Path::new(DATA).join(first)) {
                    plan.unlinked.insert(first);
                }
                self.current.as_ref().map(|current| current.join(name))
            };
            if let Some(path) = path
                && is_right(&path, file).map_err(at(&path))?
            {
                plan.unchanged.insert(name);
            }
        }
        let others = self.files().into_iter().filter(|name| {
            let name = name.as_str();
            !wanted
                .keys()
                .any(|wanted| is_within(name, wanted) || is_within(wanted, name))
        });
        match stale {
            Stale::Keep => plan.kept.extend(others),
            Stale::Remove(_) => plan.gone.extend(others),
        }
        Ok(plan)
    }

    /// The files of the hidden directory, by their paths in it.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut open: Vec<(PathBuf, String)> = Vec::new();
        open.extend(self.current.clone().map(|path| (path, String::new())));
        while let Some((directory, prefix)) = open.pop() {
            let Ok(entries) = fs::read_dir(directory) else {
                continue;
            };
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => {
                        open.push((entry.path(), format!("{prefix}{name}/")));
                    }
                    Ok(kind) if kind.is_file() => files.push(format!("{prefix}{name}")),
                    _ => {}
                }
            }
        }
        files
    }

    /// Moves plain files into the hidden directory, unchanged, so that one switch can change all of them later.
    pub(super) fn adopt(&mut self, plain: &[&str]) -> Result<(), WriteError> {
        if plain.is_empty() {
            return Ok(());
        }
        let staging = Staging::new(self.target)?;
        for name in self.files() {
            if !plain.contains(&name.as_str()) {
                self.keep(&name, &staging)?;
            }
        }
        for name in plain {
            let path = self.target.join(name);
            fs::hard_link(&path, staging.path.join(name)).map_err(at(&path))?;
        }
        self.show(staging)?;
        plain.iter().try_for_each(|name| self.link_to_data(name))
    }

    /// Writes the changed files into a new hidden directory, and links the unchanged ones.
    pub(super) fn stage(
        &self,
        wanted: &BTreeMap<&str, &OutputFile>,
        plan: &Plan<'_>,
    ) -> Result<Staging, WriteError> {
        let staging = Staging::new(self.target)?;
        for (name, file) in wanted {
            if plan.unchanged.contains(name) {
                self.keep(name, &staging)?;
            } else {
                let path = staging.path_of(name)?;
                create(&path, file).map_err(at(&self.target.join(name)))?;
            }
        }
        for name in &plan.kept {
            self.keep(name, &staging)?;
        }
        Ok(staging)
    }

    fn keep(&self, name: &str, staging: &Staging) -> Result<(), WriteError> {
        let Some(current) = &self.current else {
            return Ok(());
        };
        let (from, to) = (current.join(name), staging.path_of(name)?);
        fs::hard_link(&from, to).map_err(at(&from))
    }

    /// Makes these names links into the hidden directory.
    pub(super) fn link(&self, names: &BTreeSet<&str>) -> Result<Links, WriteError> {
        let mut links = Links(Vec::new());
        for name in names {
            let path = self.target.join(name);
            let is_new = fs::symlink_metadata(&path).is_err();
            self.link_to_data(name)?;
            links.0.extend(is_new.then_some(path));
        }
        Ok(links)
    }

    fn link_to_data(&self, name: &str) -> Result<(), WriteError> {
        self.put_link(&Path::new(DATA).join(name), name)
    }

    /// Makes a name a link in one step, whatever has the name now.
    fn put_link(&self, to: &Path, name: &str) -> Result<(), WriteError> {
        let path = self.target.join(name);
        let fresh = self.target.join(fresh_name());
        symlink(to, &fresh).map_err(at(&path))?;
        fs::rename(&fresh, &path).map_err(|error| {
            let _ = fs::remove_file(&fresh);
            at(&path)(error)
        })
    }

    /// Switches to a hidden directory in one step, and removes the previous one.
    pub(super) fn show(&mut self, staging: Staging) -> Result<(), WriteError> {
        let readable = Permissions::from_mode(0o755);
        fs::set_permissions(&staging.path, readable).map_err(at(&staging.path))?;
        self.put_link(Path::new(&staging.name), DATA)?;
        if let Some(before) = self.current.replace(staging.keep()) {
            let _ = fs::remove_dir_all(before);
        }
        Ok(())
    }

    /// Removes the links of these removed files.
    pub(super) fn remove_links(&self, gone: &[String]) {
        let Some(current) = &self.current else { return };
        for first in gone.iter().map(|name| first_component(name)) {
            let path = self.target.join(first);
            let ours = fs::read_link(&path).is_ok_and(|to| to == Path::new(DATA).join(first));
            if ours && fs::symlink_metadata(current.join(first)).is_err() {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Removes plain files that the driver reports as mounted.
    pub(super) fn remove_plain(
        &self,
        known: &[String],
        wanted: &BTreeMap<&str, &OutputFile>,
    ) -> Result<usize, WriteError> {
        let mut removed = 0;
        for name in known {
            let path = self.target.join(name);
            let plain = !wanted.contains_key(name.as_str())
                && first_component(name) == name
                && FileNameFault::find(name, DIALECT.reserved_prefixes(), false).is_none()
                && fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file());
            if plain {
                fs::remove_file(&path).map_err(at(&path))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// The name up to its first `/`: for a nested file, only its top directory is a link.
fn first_component(name: &str) -> &str {
    name.split_once('/').map_or(name, |(first, _)| first)
}

/// Whether a path equals the other path or is below it.
fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a name is reserved for the directories of writers.
fn is_hidden(name: &str) -> bool {
    name.len() > 2 && name.starts_with("..") && !name.contains('/')
}

/// Whether a file already has the content and the mode.
fn is_right(path: &Path, file: &OutputFile) -> io::Result<bool> {
    let Ok(facts) = fs::symlink_metadata(path) else {
        return Ok(false);
    };
    let same_size = usize::try_from(facts.len()).is_ok_and(|size| size == file.content.len());
    let same = facts.is_file() && same_size && facts.permissions().mode() & 0o7777 == file.mode;
    Ok(same && zeroize::Zeroizing::new(fs::read(path)?).as_slice() == file.content.expose())
}
