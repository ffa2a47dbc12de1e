//! The state that a change starts from: files as a commit of Git holds them.
//!
//! This is the only place that runs another program. Git reads objects of the local repository by `ls-tree` and `cat-file`: no
//! filters, no hooks, no network.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The name of the configuration file.
pub const FILE: &str = "ascp-policy.toml";

/// The names of configuration files, in order of precedence.
pub(super) const NAMES: [&str; 2] = [FILE, ".ascp-policy.toml"];

/// The largest answer of Git that is read.
const MAX: u64 = 64 * 1024 * 1024;

/// A commit, and the repository that holds it.
#[derive(Clone, Debug)]
pub struct Base {
    /// As the user names the commit.
    pub revision: String,
    commit: String,
    root: PathBuf,
}

impl Base {
    /// The commit of a revision in the repository of a path; returns a message if there is none.
    pub fn open(revision: &str, path: &Path) -> Result<Self, String> {
        let absolute = std::path::absolute(path).map_err(|error| error.to_string())?;
        let directory = if absolute.is_dir() {
            absolute.as_path()
        } else {
            absolute.parent().unwrap_or(Path::new("/"))
        };
        let root = git(directory, &["rev-parse", "--show-toplevel"])?;
        let commit = format!("{revision}^{{commit}}");
        let arguments = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ];
        let commit = git(directory, &arguments)
            .map_err(|_| format!("the repository has no commit `{revision}`"))?;
        let line = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
        Ok(Self {
            revision: revision.to_owned(),
            commit: line(commit),
            root: PathBuf::from(line(root)),
        })
    }

    /// The text of a file in the commit; `None` if the commit has no such file.
    pub fn read(&self, path: &Path) -> Result<Option<String>, String> {
        let Some(name) = self.inside(path) else {
            return Ok(None);
        };
        let shown = name.display().to_string().replace('\\', "/");
        let listed = git(
            &self.root,
            &["ls-tree", "-z", "--full-tree", &self.commit, "--", &shown],
        )?;
        // `100644 blob ID<tab>NAME`
        let listed = String::from_utf8_lossy(&listed);
        let Some((head, _)) = listed.split_once('\t') else {
            return Ok(None);
        };
        let mut words = head.split(' ');
        let (mode, kind, id) = (words.next(), words.next(), words.next());
        let (Some("100644" | "100755"), Some("blob"), Some(id)) = (mode, kind, id) else {
            return Err(format!(
                "`{shown}` is not a regular file in {}",
                self.revision
            ));
        };
        let bytes = git(&self.root, &["cat-file", "blob", id])?;
        let text = loader::decoded(bytes);
        text.map(Some)
            .map_err(|error| format!("`{shown}` of {}: {error}", self.revision))
    }

    /// The files of a name that the commit has in a directory and below, and the nearest in a directory above.
    pub fn named(&self, name: &str, directory: &Path) -> Result<Vec<PathBuf>, String> {
        let Some(below) = self.inside(directory) else {
            return Ok(Vec::new());
        };
        let shown = below.display().to_string().replace('\\', "/");
        let mut arguments = vec![
            "ls-tree",
            "-r",
            "-z",
            "--name-only",
            "--full-tree",
            &self.commit,
        ];
        if !shown.is_empty() {
            arguments.extend(["--", &shown]);
        }
        let listed = git(&self.root, &arguments)?;
        let listed = String::from_utf8_lossy(&listed);
        let files = listed.split('\0').map(Path::new);
        let files = files.filter(|file| file.file_name().is_some_and(|own| own == name));
        let mut files: Vec<PathBuf> = files.map(|file| self.root.join(file)).collect();
        let root = Path::new("");
        for above in below
            .ancestors()
            .skip(1)
            .chain([root])
            .filter(|own| *own != below)
        {
            let file = self.root.join(above).join(name);
            if matches!(self.read(&file), Ok(Some(_))) {
                files.push(file);
                break;
            }
        }
        Ok(files)
    }

    /// Whether a path lies in the repository.
    pub fn holds(&self, path: &Path) -> bool {
        self.inside(path).is_some()
    }

    /// `main:ascp-policy.toml`
    pub fn name(&self, path: &Path) -> String {
        let inside = self.inside(path);
        let inside = inside.as_deref().unwrap_or(path);
        format!("{}:{}", self.revision, inside.display()).replace('\\', "/")
    }

    /// The configuration that the commit has for a path: in its directory, or in one above it.
    pub fn configuration(&self, path: &Path) -> Result<Option<(PathBuf, String)>, String> {
        let absolute = std::path::absolute(path).map_err(|error| error.to_string())?;
        for directory in absolute
            .ancestors()
            .filter(|directory| self.holds(directory))
        {
            for name in NAMES {
                let file = directory.join(name);
                if let Some(text) = self.read(&file)? {
                    return Ok(Some((file, text)));
                }
            }
        }
        Ok(None)
    }

    /// A path as the repository names it; links in its directory are followed.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let absolute = std::path::absolute(path).ok()?;
        // The file or some directories may be gone in the change.
        let known = absolute
            .ancestors()
            .find_map(|known| Some((known, known.canonicalize().ok()?)));
        let (known, canonical) = match absolute.parent().and_then(|up| up.canonicalize().ok()) {
            Some(canonical) => (absolute.parent()?, canonical),
            None => known?,
        };
        let rest = absolute.strip_prefix(known).ok()?;
        let root = self.root.canonicalize().ok()?;
        Some(canonical.join(rest).strip_prefix(root).ok()?.to_path_buf())
    }
}

/// What Git prints.
fn git(directory: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("git cannot be run: {error}");
    let mut child = Command::new("git")
        .args([
            "--no-replace-objects",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "protocol.allow=never",
        ])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let mut bytes = Vec::new();
    if let Some(output) = child.stdout.take() {
        output
            .take(MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    }
    if bytes.len() as u64 > MAX {
        // What is left of the answer is not read, so Git ends by itself.
        return Err("git prints more than 64 MiB".to_owned());
    }
    let status = child.wait().map_err(failed)?;
    if status.success() {
        Ok(bytes)
    } else {
        Err(format!(
            "`git {}` fails; is this a Git repository?",
            arguments.join(" ")
        ))
    }
}
