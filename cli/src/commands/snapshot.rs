//! `snapshot`: writes the facts of all sources for the provider.

mod cluster;
mod commit;

use super::{Trouble, print, write_file};
use crate::{
    args::{Common, Form, Format, Snapshot as Arguments},
    clock::now,
    exit::Exit,
    render::{Style, human::Message, human::trouble},
};
use loader::{Live, Loaded, Options, load};
use miette::Severity;
use policy_engine::{inventory::Dialect, snapshot::Snapshot};
use std::{io::Write, path::Path, sync::Arc};

/// The capacity of a ConfigMap in bytes.
const CONFIG_MAP: usize = 1 << 20;

/// Writes a snapshot, and prints a summary to standard error.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Trouble> {
    let only_json = common
        .outputs()
        .iter()
        .all(|output| matches!(output.format, Form::Common(_)) && output.file.is_none());
    let asks_lines = common
        .output
        .iter()
        .any(|output| output.format == Form::Common(Format::Jsonl));
    if !only_json || asks_lines {
        let help = "remove `--output`; `--out FILE` writes to a file";
        return Err(Trouble::new(
            "`snapshot` writes JSON only",
            Some(help.to_owned()),
        ));
    }
    let live = arguments
        .live
        .then(|| live(arguments, common))
        .transpose()?;
    let options = Options {
        live: live.clone(),
        any_account: false,
        ..super::options(&arguments.paths, common)
    };
    let mut loaded = load(&options)?;
    super::give(&mut loaded.inventory, common);
    if let Some(live) = &live {
        warn(live, &loaded, common);
    }
    if let Some(name) = &common.cluster {
        cluster::keep(&mut loaded.inventory, &mut loaded.promises, name)
            .map_err(|(title, help)| Trouble::new(title, Some(help)))?;
    }
    let commit = match &arguments.commit {
        Some(commit) if commit::is_id(commit) => Some(commit.clone()),
        Some(commit) => {
            let help = "use up to 64 letters, digits, `.`, `-` and `_`";
            let title = format!("`{commit}` is not a commit id");
            return Err(Trouble::new(title, Some(help.to_owned())));
        }
        None if arguments.paths.is_empty() && !arguments.live => commit::find(Path::new(".")),
        None => arguments.paths.iter().find_map(|path| commit::find(path)),
    };
    // A snapshot is published into clusters: what no provider reads does not belong into it.
    for class in &mut loaded.inventory.classes {
        let known = Dialect::Ours.parameters();
        class
            .parameters
            .retain(|(key, _)| known.contains(&key.value.as_str()));
        for synced in &mut class.synced {
            synced.labels.clear();
        }
    }
    let snapshot = Snapshot::new(
        jiff::Timestamp::from_second(now().as_second())
            .unwrap_or_default()
            .to_string(),
        commit,
        loaded.inventory.clone(),
        loaded.promises.clone(),
        &loaded.sources,
    );
    let failed = |error: &dyn std::fmt::Display, help: &str| {
        Trouble::new(error.to_string(), Some(help.to_owned()))
    };
    let json = snapshot
        .to_json()
        .map_err(|error| failed(&error, "report this"))?;
    let json = crate::render::escape(&json);
    // A snapshot that the provider would reject fails here, where the user can change it.
    Snapshot::read(json.as_bytes()).map_err(|error| failed(&error, error.help()))?;
    match &arguments.out {
        Some(file) => write_file(file, &(json.clone() + "\n"))?,
        None => print(&(json.clone() + "\n"))?,
    }
    print_summary(&loaded, json.len() + 1, common);
    Ok(Exit::Yes)
}

/// The answers of the account.
#[cfg(feature = "live")]
fn live(arguments: &Arguments, common: &Common) -> Result<Arc<Live>, Trouble> {
    let wanted = crate::live::Wanted {
        region: common.region.as_deref(),
        profile: arguments.profile.as_deref(),
        cluster: common.cluster.as_deref(),
    };
    let failed = |failure: crate::live::Failure| {
        Trouble::new(failure.message, failure.help.map(str::to_owned))
    };
    crate::live::read(wanted).map(Arc::new).map_err(failed)
}

#[cfg(not(feature = "live"))]
fn live(_: &Arguments, _: &Common) -> Result<Arc<Live>, Trouble> {
    let help = "build a program with it: `cargo install --path cli --features live`";
    Err(Trouble::new(
        "`--live` needs the feature `live`, and this program was built without it",
        Some(help.to_owned()),
    ))
}

/// Prints a warning per denied call to standard error.
fn warn(live: &Live, loaded: &Loaded, common: &Common) {
    if common.quiet {
        return;
    }
    let style = Style::new(common);
    let warnings = live.refused.iter().map(|refusal| Message {
        severity: Severity::Warning,
        ..trouble(refusal.as_str())
    });
    let text: String = warnings
        .map(|warning| warning.render(&loaded.sources, &style))
        .collect();
    // A closed standard error is no reason to fail.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints counts and size to standard error, and a warning if the snapshot exceeds a ConfigMap.
fn print_summary(loaded: &Loaded, bytes: usize, common: &Common) {
    let style = Style::new(common);
    let inventory = &loaded.inventory;
    let count = |count: usize, word: &str| {
        let end = if count == 1 { "" } else { "s" };
        format!("{count} {word}{end}")
    };
    super::print_notes(loaded, common);
    let mut text = String::new();
    if !common.quiet {
        let counts = [
            count(inventory.pods().len(), "pod"),
            count(inventory.objects().count(), "object"),
            count(inventory.roles.len(), "role"),
            count(inventory.keys.len(), "key"),
            count(
                loaded.promises.pods.len() + loaded.promises.readers.len(),
                "promise",
            ),
        ];
        text += &format!("snapshot: {}, {bytes} bytes\n", counts.join(", "));
    }
    if bytes > CONFIG_MAP {
        let warning = Message {
            severity: Severity::Warning,
            help: Some(
                "keep one cluster with `--cluster NAME`, or mount the file from a volume".into(),
            ),
            ..trouble(format!(
                "the snapshot has {bytes} bytes, and a ConfigMap holds at most {CONFIG_MAP}"
            ))
        };
        text += &warning.render(&loaded.sources, &style);
    }
    // A closed standard error is no reason to fail.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
