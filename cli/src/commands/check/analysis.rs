//! Reads, lints and judges: from paths to a report.

use super::change::Changed;
use crate::{
    args::{Common, Judging, Uncertain},
    baseline::Known,
    catalog,
    clock::today,
    commands::{Trouble, give, message, read_before, read_for_rules, unnamed},
    config::{self, Config, Selection, base::Base},
    inline::{self, Inline},
    issue::{Issue, State},
    join::join,
    judge::Judge,
    report::{Counts, Report},
    rulebook::{self, RuleInfo},
};
use loader::{FileRead, Kind, Loaded, Overlay, shown_path};
use policy_engine::{
    inventory::Inventory,
    simulator::Simulator,
    snapshot::{ReadError, Snapshot},
    source::SourceMap,
};
use rules::{catalog::Catalog, finding::group::Group, lint};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The input of an analysis.
pub(crate) struct Analysis<'a> {
    /// Files and directories.
    pub(crate) paths: &'a [PathBuf],
    /// Flags about rules.
    pub(crate) judging: &'a Judging,
    /// The baseline.
    pub(crate) baseline: Option<&'a Known>,
    /// The configuration.
    pub(crate) config: &'a Config,
    /// The service catalog of `--catalog`.
    pub(crate) catalog: Option<&'a Catalog>,
    /// The world of `--against`.
    pub(crate) before: Option<&'a Before>,
    /// Flags of every command.
    pub(crate) common: &'a Common,
}

/// More bytes than any snapshot has.
const MAX_SNAPSHOT: u64 = 64 * 1024 * 1024;

/// The world of `--against`.
pub(crate) struct Before {
    inventory: Inventory,
    /// The path.
    name: String,
    /// The files that were read; `None` for a snapshot, which does not name them.
    files: Option<Vec<FileRead>>,
}

/// Reads the path of `--against`: a snapshot, or files and directories.
pub(crate) fn before(judging: &Judging, common: &Common) -> Result<Option<Before>, Trouble> {
    let Some(path) = &judging.against else {
        return Ok(None);
    };
    let name = loader::shown_path(path);
    let bytes = loader::read_named(path, MAX_SNAPSHOT).ok();
    let (mut inventory, files) = match bytes.map(|bytes| Snapshot::read(&bytes)) {
        Some(Ok(snapshot)) => (snapshot.inventory, None),
        Some(Err(error @ ReadError::OtherSchema { .. })) => {
            let title = format!("{name}: {error}");
            return Err(Trouble::new(title, Some(error.help().to_owned())));
        }
        _ => {
            let loaded = read_only_world(path, common)?;
            (loaded.inventory, Some(loaded.files))
        }
    };
    give(&mut inventory, common);
    Ok(Some(Before {
        inventory,
        name,
        files,
    }))
}

fn read_only_world(path: &Path, common: &Common) -> Result<Loaded, Trouble> {
    let is_bare = |loaded: &Loaded| loaded.files.iter().all(|file| file.kind.is_none());
    let mut loaded = read_before(path, common)?;
    // The only world may be in a directory below.
    if let ([world], true) = (loaded.nested.as_slice(), is_bare(&loaded)) {
        loaded = read_before(&world.clone(), common)?;
    }
    if is_bare(&loaded) {
        return Err(nothing_recognised(&loaded.files));
    }
    Ok(loaded)
}

impl Before {
    /// A warning per kind of input that this run has and the world of `--against` lacks.
    fn lacks(&self, files: &[FileRead]) -> Vec<String> {
        let Some(before) = &self.files else {
            return Vec::new();
        };
        let mut warnings: Vec<String> = Vec::new();
        let mut kinds: Vec<Kind> = before.iter().filter_map(|file| file.kind).collect();
        for file in files {
            let Some(kind) = file.kind.filter(|kind| !kinds.contains(kind)) else {
                continue;
            };
            kinds.push(kind);
            warnings.push(format!(
                "`--against {}` contains no file such as `{}` ({kind}): the comparison (ACC103) lacks the facts of that kind",
                self.name, file.name
            ));
        }
        warnings
    }
}

/// The configuration of the flags, else the nearest to the first path; with `--config-from` as the commit has it.
pub(crate) fn configuration(judging: &Judging, paths: &[PathBuf]) -> Result<Config, Trouble> {
    let first = paths.first().filter(|path| path.as_os_str() != "-");
    let none = || Config {
        require_reason: true,
        ..Config::default()
    };
    let trouble = |(sources, problems): config::read::Problems| Trouble {
        sources,
        messages: problems.into_iter().map(message).collect(),
    };
    if let Some(revision) = &judging.config_from {
        let at = first.map_or(Path::new("."), PathBuf::as_path);
        let failed = |error| Trouble::new(format!("--config-from {revision}: {error}"), None);
        let base = Base::open(revision, at).map_err(failed)?;
        let configuration = match &judging.config {
            _ if judging.no_config => None,
            Some(file) => {
                let text = base.read(file).map_err(failed)?;
                let missing = || failed(format!("it has no `{}`", shown_path(file)));
                Some((file.clone(), text.ok_or_else(missing)?))
            }
            None => base.configuration(at).map_err(failed)?,
        };
        let config = match configuration {
            None => none(),
            Some((file, text)) => {
                config::read::parse(&base.name(&file), &text, &file).map_err(trouble)?
            }
        };
        return Ok(Config {
            base: Some(base),
            ..config
        });
    }
    match &judging.config {
        _ if judging.no_config => Ok(none()),
        Some(file) => config::read::named(file).map_err(trouble),
        None => match first.and_then(|path| config::find(path)) {
            Some(file) => config::read::discovered(&file).map_err(trouble),
            None => Ok(none()),
        },
    }
}

/// Reads the worlds under the paths, some files replaced, and judges them.
pub(crate) fn analyse(analysis: &Analysis<'_>, overlay: &Overlay) -> Result<Report, Trouble> {
    let selection = selection(analysis);
    let off: Vec<&str> = rulebook::all()
        .iter()
        .filter(|rule| !selection.contains(rule))
        .map(|rule| rule.code)
        .collect();
    let mut report = Report::default();
    let mut findings: Vec<Issue> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut exceptions: Vec<Inline> = Vec::new();
    let mut asked: Vec<PathBuf> = Vec::new();
    let mut change = Changed::default();
    let mut queue = vec![analysis.paths.to_vec()];
    let before = analysis
        .before
        .map(|before| Simulator::new(&before.inventory));
    let mut at = 0;
    while let Some(paths) = queue.get(at).cloned() {
        at += 1;
        let mut loaded = read_for_rules(&paths, analysis.common, overlay)?;
        if let Some(base) = &analysis.config.base {
            let promised = change.promises(&loaded, base, overlay)?;
            if promised.len() > overlay.len() || promised != *overlay {
                loaded = read_for_rules(&paths, analysis.common, &promised)?;
            }
        }
        give(&mut loaded.inventory, analysis.common);
        queue.extend(
            std::mem::take(&mut loaded.nested)
                .into_iter()
                .map(|path| vec![path]),
        );
        let recognised = loaded.files.iter().any(|file| file.kind.is_some());
        if before.is_some() && recognised && !report.sources.is_empty() {
            let help = "check the directory of one of them";
            let title = "`--against` compares one world, and the path contains several";
            return Err(Trouble::new(title, Some(help.to_owned())));
        }
        asked.extend(narrowed(&paths, &loaded));
        if recognised {
            let mut own = inline::find(&loaded, report.sources.len());
            if let Some(base) = &analysis.config.base {
                change.exceptions(&mut own, &loaded, base, overlay)?;
            }
            exceptions.extend(own);
            change.take_world(&loaded, report.sources.len());
            let before = before.as_ref();
            let own = lint(analysis, &loaded, &off, before, &mut report, &mut groups);
            findings.extend(own);
            report.warnings.extend(unnamed(&loaded));
            if let Some(before) = analysis.before {
                report.warnings.extend(before.lacks(&loaded.files));
            }
            report.notes.extend(
                loaded
                    .notes
                    .iter()
                    .map(|note| (report.sources.len(), note.clone())),
            );
        }
        report.files.append(&mut loaded.files);
        if recognised {
            report.sources.push(loaded.sources);
        }
    }
    if report.sources.is_empty() {
        return Err(nothing_recognised(&report.files));
    }
    evaluated_nowhere(&mut report);
    let baseline = match analysis.baseline {
        None => None,
        Some(known) => change
            .baseline(known, analysis.config)?
            .map(|baseline| (baseline, loader::shown_path(&known.path))),
    };
    if let Some(base) = &analysis.config.base {
        change.lost_worlds(analysis.paths, &report.files, base)?;
    }
    change.configuration(analysis.judging, analysis.paths, analysis.config);
    let config_world = report.sources.len();
    report.sources.push(analysis.config.sources.clone());
    let files_world = report.sources.len();
    report.sources.push(change.sources.clone());
    report.warnings.extend(weakened(analysis));
    let judge = Judge {
        config: analysis.config,
        config_world,
        files_world,
        selection: &selection,
        threshold: analysis
            .judging
            .severity_threshold
            .or(analysis.config.threshold),
        inline: &exceptions,
        baseline: baseline
            .as_ref()
            .map(|(baseline, shown)| (baseline, shown.as_str())),
        sources: &report.sources,
        today: today(),
        whole: is_whole(analysis),
        changes: &change.changes,
    };
    let mut issues = judge.judge(findings);
    if !asked.is_empty() {
        let (below, elsewhere): (Vec<_>, Vec<_>) = issues
            .into_iter()
            .partition(|issue| is_below(issue, &report.sources, &asked));
        issues = below;
        report.warnings.extend(unshown(&elsewhere));
    }
    let mut joined = join(issues, &groups);
    joined
        .issues
        .sort_by_key(|issue| (issue.world, issue.primary.origin, issue.rule.code));
    report.issues = joined.issues;
    report.represented = joined.represented;
    Ok(report)
}

/// The checks that the configuration of the inputs turns off; a configuration that the user names needs no warning.
fn weakened(analysis: &Analysis<'_>) -> Option<String> {
    let config = analysis.config;
    if config.base.is_some() || analysis.judging.config.is_some() {
        return None;
    }
    let ways = config.weakens();
    let file = config.file.as_deref().filter(|_| !ways.is_empty())?;
    Some(format!("{}: {}", shown_path(file), ways.join("; ")))
}

/// The rules that run: those of the command line, else those of the configuration.
fn selection(analysis: &Analysis<'_>) -> Selection {
    let configured = &analysis.config.selection;
    let judging = analysis.judging;
    let select = if judging.select.is_empty() {
        configured.select.clone()
    } else {
        judging.select.clone()
    };
    let both = |first: &[config::Selector], second: &[config::Selector]| {
        first.iter().chain(second).cloned().collect()
    };
    Selection {
        select,
        extend: both(&configured.extend, &judging.extend_select),
        ignore: both(&configured.ignore, &judging.ignore),
    }
}

fn lint(
    analysis: &Analysis<'_>,
    loaded: &Loaded,
    off: &[&str],
    before: Option<&Simulator<'_>>,
    report: &mut Report,
    groups: &mut Vec<Group>,
) -> Vec<Issue> {
    let world = report.sources.len();
    let common = analysis.common;
    let options = lint::Options {
        other: common.other(),
        report_uncertain: common.uncertain == Uncertain::Report,
        off: Some(off),
        settings: Some(&analysis.config.settings),
        catalog: analysis.catalog,
        is_catalog_old: catalog::is_old(
            analysis.catalog.unwrap_or_else(|| Catalog::embedded()),
            today(),
        ),
        promises: loaded.promises.is_stated().then_some(&loaded.promises),
        against: before,
        sightings: &loaded.sightings,
    };
    let simulator = Simulator::new(&loaded.inventory);
    let linted = lint::lint(&simulator, &loaded.sources, &options);
    let inventory = &loaded.inventory;
    let counts = report.counts;
    report.counts = Counts {
        worlds: counts.worlds + 1,
        accounts: counts.accounts + inventory.accounts.len(),
        clusters: counts.clusters + inventory.clusters.len(),
        pods: counts.pods + inventory.pods().len(),
        objects: counts.objects + inventory.objects().count(),
        mounts: counts.mounts + linted.mounts,
        working: counts.working + linted.working,
    };
    let clusters = inventory.clusters.iter();
    let clusters = clusters.map(|cluster| cluster.name.clone());
    report.clusters.push(clusters.collect());
    report
        .undecided
        .extend(linted.undecided.into_iter().map(|mount| (world, mount)));
    report.assumed = report.assumed.union(linted.assumed);
    report.skipped_rules.extend(
        linted
            .skipped
            .iter()
            .map(|skipped| (RuleInfo::of(skipped.rule), skipped.missing.word())),
    );
    let first = groups.len();
    let issues = linted
        .groups
        .iter()
        .zip(first..)
        .flat_map(|(group, number)| {
            let findings = group.findings().zip(0..);
            findings.map(move |(finding, own)| Issue {
                part: Some((number, own)),
                ..Issue::new(finding, world)
            })
        });
    let issues = issues.collect();
    groups.extend(linted.groups);
    issues
}

/// Keeps the rules that ran in no world.
fn evaluated_nowhere(report: &mut Report) {
    let all = std::mem::take(&mut report.skipped_rules);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for (rule, missing) in all {
        let times = times.entry(rule.code).or_default();
        *times += 1;
        if *times == report.counts.worlds {
            report.skipped_rules.push((rule, missing));
        }
    }
}

/// The path filters: the enclosing world is read in full, and only findings under these paths are reported.
fn narrowed(paths: &[PathBuf], loaded: &Loaded) -> Vec<PathBuf> {
    let world = loaded
        .world
        .as_ref()
        .map(|world| loaded.sources.name(world.source));
    let directory = world.and_then(|name| Path::new(name).canonicalize().ok());
    let Some(directory) = directory.as_deref().and_then(Path::parent) else {
        return Vec::new();
    };
    let below: Option<Vec<PathBuf>> = paths
        .iter()
        .map(|path| {
            let path = path.canonicalize().ok()?;
            let is_world = loaded.world.as_ref().and_then(|world| {
                Path::new(loaded.sources.name(world.source))
                    .canonicalize()
                    .ok()
            }) == Some(path.clone());
            (path != directory && path.starts_with(directory) && !is_world).then_some(path)
        })
        .collect();
    below.unwrap_or_default()
}

/// What the path filters leave out: a fact below them may be the reason of a finding at another place.
fn unshown(elsewhere: &[Issue]) -> Option<String> {
    let active = elsewhere
        .iter()
        .filter(|issue| issue.state == State::Active);
    let findings = match active.count() {
        0 => return None,
        1 => "1 finding of the world is".to_owned(),
        count => format!("{count} findings of the world are"),
    };
    Some(format!(
        "{findings} in other files: check the directory of the world to see all"
    ))
}

/// Whether any place of a finding is under the path filters.
fn is_below(issue: &Issue, sources: &[SourceMap], asked: &[PathBuf]) -> bool {
    issue.places(sources).iter().any(|(place, _)| {
        let file = Path::new(&place.file).canonicalize();
        file.is_ok_and(|file| asked.iter().any(|path| file.starts_with(path)))
    })
}

/// Whether the run covers everything below the configuration; only then an exception counts as unused.
fn is_whole(analysis: &Analysis<'_>) -> bool {
    let base = &analysis.config.directory;
    if base.as_os_str().is_empty() {
        return true;
    }
    let Ok(base) = base.canonicalize() else {
        return false;
    };
    let mut paths = analysis
        .paths
        .iter()
        .filter_map(|path| path.canonicalize().ok());
    paths.any(|path| base.starts_with(path))
}

fn nothing_recognised(files: &[FileRead]) -> Trouble {
    let reasons = files
        .iter()
        .filter_map(|file| Some(format!("{}: {}", file.name, file.why.as_ref()?)));
    let mut trouble = Trouble::new(
        format!("nothing to check: no input was recognised; {}", loader::read_kinds()),
        Some("name a directory with manifests, plans or `aws … --output json` answers, or write an ascp-policy.yaml".into()),
    );
    if let Some(message) = trouble.messages.first_mut() {
        message.notes = reasons.take(10).collect();
    }
    trouble
}
