//! The facts of a mount that its fetches share, and the way from values to files.

use crate::{
    aws::{Caller, Failure, LOCAL, hint, worst},
    error::{MountError, shown},
    jmes::Document,
    objects::{DIALECT, mode, text, uses_jmes},
    region::Region,
    secret_value::SecretValue,
};
use policy_engine::inventory::class::{Descriptor, FileNameFault, Translation};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::time::Instant;
use tracing::warn;

/// The facts of one mount.
pub(crate) struct Fetch {
    pub(crate) primary: Region,
    pub(crate) failover: Option<Region>,
    /// File name to version, as the driver knows them.
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) target: PathBuf,
    pub(crate) translation: Translation,
    pub(crate) permission: u32,
    pub(crate) driver_writes: bool,
    pub(crate) json: bool,
    pub(crate) caller: Caller,
    /// The bytes of files that this mount can still hold.
    pub(crate) room: AtomicUsize,
}

/// One file of the mount.
pub(crate) struct OutputFile {
    pub(crate) name: String,
    pub(crate) mode: u32,
    pub(crate) version: String,
    pub(crate) content: SecretValue,
}

const MAX_FILE: u64 = 1024 * 1024;
/// The bytes of all files of a mount: they are in memory at the same time, and a class can list an object thousands of times.
pub(crate) const MAX_MOUNT: usize = 32 * 1024 * 1024;

impl Fetch {
    /// The files of a value: the whole value, and the values that `jmesPath` finds in it.
    pub(crate) fn files(
        &self,
        region: &Region,
        descriptor: &Descriptor,
        value: SecretValue,
        version: &str,
    ) -> Result<Vec<OutputFile>, Failure> {
        if uses_jmes(descriptor) {
            // Thousands of expressions need the processor for seconds; other mounts go on meanwhile.
            tokio::task::block_in_place(|| self.parts(region, descriptor, value, version))
        } else {
            self.parts(region, descriptor, value, version)
        }
    }

    fn parts(
        &self,
        region: &Region,
        descriptor: &Descriptor,
        value: SecretValue,
        version: &str,
    ) -> Result<Vec<OutputFile>, Failure> {
        let own_mode = mode(descriptor.permission.as_ref(), self.permission);
        let file = |name: String, mode: u32, content: SecretValue| OutputFile {
            name,
            mode,
            version: version.to_owned(),
            content,
        };
        let jmes = |text: String| Failure::local(&region.name, LOCAL, "InvalidValue", text);
        let mut members = Vec::new();
        let mut entries = Vec::new();
        if uses_jmes(descriptor) {
            let document = Document::parse(&value, &descriptor.name.value)
                .map_err(|error| jmes(error.to_string()))?;
            for entry in &descriptor.jmes {
                if Instant::now() >= region.deadline {
                    let text = "no time left for the entries of `jmesPath`";
                    return Err(Failure::local(&region.name, LOCAL, "TimeoutError", text));
                }
                let member = document
                    .find(entry, self.json)
                    .map_err(|error| jmes(error.to_string()))?;
                self.reserve(region, member.len())?;
                let name = self.translation.file_name(text(entry.alias.as_ref()));
                let own_mode = mode(entry.permission.as_ref(), own_mode);
                entries.push(file(name, own_mode, member));
            }
            if descriptor.takes_all_members(DIALECT) {
                members = document
                    .members(descriptor, self.json)
                    .map_err(|error| jmes(error.to_string()))?;
            }
        }
        let mut files = Vec::new();
        if descriptor.mounts_whole(DIALECT) {
            self.reserve(region, value.len())?;
            files.push(file(self.file_name(descriptor), own_mode, value));
        }
        for (member, content) in members {
            self.reserve(region, content.len())?;
            let name = self.translation.file_name(&member);
            let reserved = DIALECT.reserved_prefixes();
            if let Some(fault) = FileNameFault::find(&name, reserved, self.driver_writes) {
                return Err(jmes(format!(
                    "`{name}` cannot be a file name, because {fault}: {}",
                    descriptor.name.value
                )));
            }
            if !entries.iter().any(|entry| entry.name == name) {
                files.push(file(name, own_mode, content));
            }
        }
        files.append(&mut entries);
        Ok(files)
    }

    /// Counts a content against the bound of the mount.
    fn reserve(&self, region: &Region, length: usize) -> Result<(), Failure> {
        let taken = self
            .room
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| {
                room.checked_sub(length)
            });
        taken.map(drop).map_err(|_| {
            let text = format!("the files of this mount exceed {MAX_MOUNT} bytes; split the class");
            Failure::local(&region.name, LOCAL, "TooLarge", text)
        })
    }

    /// The file name of a whole value.
    pub(crate) fn file_name(&self, descriptor: &Descriptor) -> String {
        self.translation.file_name(&descriptor.base_name().value)
    }

    /// The mounted content of a file; only from below the target, also through links.
    pub(crate) async fn mounted(&self, name: &str) -> Option<SecretValue> {
        let (target, path) = (self.target.clone(), self.target.join(name));
        let read = tokio::task::spawn_blocking(move || read_below(&target, &path)).await;
        read.ok().flatten()
    }

    /// The error if all regions failed: upstream's text, then the cause of each region and a hint (DEV-11).
    pub(crate) fn all_failed(&self, text: &str, failures: &[Failure], object: &str) -> MountError {
        let mut text = text.to_owned();
        for failure in failures {
            text.push(' ');
            text.push_str(&failure.cause());
        }
        self.with_hint(MountError::new(worst(failures), text), failures, object)
    }

    /// The error if the failure of one region fails the mount.
    pub(crate) fn fatal(&self, what: &str, failure: &Failure, object: &str) -> MountError {
        let text = format!("{}: {what}: {}", failure.region, failure.sdk_text());
        let error = MountError::new(failure.kind, text);
        self.with_hint(error, std::slice::from_ref(failure), object)
    }

    fn with_hint(&self, error: MountError, failures: &[Failure], object: &str) -> MountError {
        match hint(failures, object, &self.caller) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// Logs that one region failed and the answer of the other region is used.
    pub(crate) fn note(&self, object: &str, failure: &Failure) {
        warn!(
            namespace = shown(&self.caller.namespace),
            service_account = shown(&self.caller.service_account),
            object = shown(object),
            region = shown(&failure.region),
            cause = shown(&failure.cause()),
            "one region failed; the answer of the other region is used"
        );
    }
}

fn read_below(target: &Path, path: &Path) -> Option<SecretValue> {
    let real = path.canonicalize().ok()?;
    if !real.starts_with(target.canonicalize().ok()?) {
        return None;
    }
    let facts = std::fs::metadata(&real).ok()?;
    if !facts.is_file() || facts.len() > MAX_FILE {
        return None;
    }
    std::fs::read(real).ok().map(SecretValue::new)
}
