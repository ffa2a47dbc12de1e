//! The policy snapshot: loaded, watched, checked before readiness, and evaluated at every mount.
//!
//! A snapshot is a world that `ascp-policy snapshot` wrote. Only with `--policy=strict` can it fail a mount. If a new snapshot cannot
//! be read, the previous one stays in use.

mod check;
mod clusters;
mod file;
mod question;
mod world;

pub(crate) use question::{MountQuestion, Wish};

use crate::{
    config::{Config, PolicyMode},
    error::MountError,
    kubernetes::Kubernetes,
    metrics::Metrics,
};
use check::Report;
use file::Mark;
use policy_engine::{disarm::disarmed_json, snapshot::Snapshot};
use question::Verdict;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, time::Instant};
use tracing::{info, warn};
use world::World;

/// The interval between two checks of the file.
const EVERY: Duration = Duration::from_secs(2);
/// The time that a mount waits for verdicts, unless the mode is `strict`.
const PATIENCE: Duration = Duration::from_secs(1);

/// The snapshot and its use.
pub(crate) struct Policy {
    mode: PolicyMode,
    path: Option<PathBuf>,
    cluster: Option<String>,
    metrics: Arc<Metrics>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mark: Option<Mark>,
    world: Option<Arc<World>>,
    report: Option<Report>,
    /// The reason why the present file is not in use.
    problem: Option<String>,
}

impl Policy {
    pub(crate) fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        Self {
            mode: config.policy_mode(),
            path: config.policy_snapshot.clone(),
            cluster: config.policy_cluster.clone(),
            metrics,
            state: Mutex::default(),
        }
    }

    /// Whether the provider evaluates mounts.
    pub(crate) fn is_on(&self) -> bool {
        self.mode != PolicyMode::Off
    }

    /// Whether the process may report ready.
    pub(crate) fn is_ready(&self) -> bool {
        let state = self.state();
        let fits = |world: &World| world.facts.problem.is_none();
        self.mode != PolicyMode::Strict
            || (state.world.as_deref().is_some_and(fits)
                && state
                    .report
                    .as_ref()
                    .is_some_and(|report| report.promises.broken == 0))
    }

    /// Reads the file if it has changed; returns whether a new snapshot is in use.
    pub(crate) async fn load(&self) -> bool {
        let Some(path) = self.path.clone().filter(|_| self.is_on()) else {
            return false;
        };
        let mark = file::mark(&path);
        let first = {
            let mut state = self.state();
            if mark.is_some() && mark == state.mark {
                return false;
            }
            // A missing file is reported once, until it exists.
            if mark.is_none() && state.mark.is_none() && state.problem.is_some() {
                return false;
            }
            state.mark = mark;
            state.world.is_none()
        };
        let shown = path.display().to_string();
        let cluster = self.cluster.clone();
        let read = tokio::task::spawn_blocking(move || {
            let snapshot = file::read(&path)?;
            World::start(snapshot, cluster.as_deref()).map_err(file::FileError::Io)
        });
        let problem = match read.await {
            Ok(Ok(world)) => {
                self.take(world);
                return true;
            }
            Ok(Err(error)) => {
                self.metrics.policy_read(error.outcome());
                question::bounded(&error.to_string(), 256)
            }
            Err(_) => {
                self.metrics.policy_read("damaged");
                "a bug in the provider: reading the file panicked".to_owned()
            }
        };
        let used = match (first, self.mode) {
            (false, _) => "the previous snapshot stays in use",
            (true, PolicyMode::Strict) => "every mount fails without one",
            (true, _) => "mounts are served without a snapshot",
        };
        warn!(
            file = shown,
            "policy snapshot not loaded: {problem}; {used}"
        );
        self.state().problem = Some(problem);
        false
    }

    fn take(&self, world: World) {
        let facts = &world.facts;
        info!(
            cluster = facts.name,
            pods = facts.pods,
            objects = facts.objects,
            built = facts.built,
            commit = facts.commit,
            "policy snapshot loaded"
        );
        if let Some(problem) = &facts.problem {
            warn!("the snapshot decides no mount: {problem}");
        }
        self.metrics.policy_read("loaded");
        self.metrics.policy_loaded(&facts.built);
        let mut state = self.state();
        state.world = Some(Arc::new(world));
        state.report = None;
        state.problem = None;
    }

    /// Checks promises, rules and audiences of the present snapshot.
    pub(crate) async fn check(&self, kubernetes: &Kubernetes) {
        let Some(world) = self.state().world.clone() else {
            if self.mode == PolicyMode::Strict && self.path.is_none() {
                warn!("--policy=strict requires --policy-snapshot: every mount fails");
            }
            return;
        };
        let audiences = kubernetes.audiences().await;
        let Some(report) = world.check(audiences).await else {
            warn!("a bug in the provider: the self-check panicked");
            return;
        };
        check::log(&report);
        report.record(&self.metrics);
        self.state().report = Some(report);
    }

    /// Waits until a new snapshot is in use.
    pub(crate) async fn changed(&self) {
        if self.path.is_none() || !self.is_on() {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(EVERY).await;
            if self.load().await {
                return;
            }
        }
    }

    /// Starts the evaluation of a mount.
    pub(crate) fn ask(&self, question: &MountQuestion) -> Asked {
        let mut asked = Asked {
            mode: self.mode,
            built: String::new(),
            answer: None,
        };
        if !self.is_on() {
            return asked;
        }
        let world = self.state().world.clone();
        if let Some(world) = world {
            asked.built.clone_from(&world.facts.built);
            asked.answer = world.mount(question.clone());
        }
        asked
    }

    /// The content of `/policy`: JSON in which the text of others is harmless on a terminal.
    pub(crate) fn status(&self) -> String {
        let ready = self.is_ready();
        let state = self.state();
        let facts = state.world.as_ref().map(|world| &world.facts);
        let status = json!({
            "schema": "ascp-policy/provider-policy/v1",
            "mode": self.mode.word(),
            "ready": ready,
            "snapshot": facts.map(|facts| json!({
                "cluster": facts.name,
                "pods": facts.pods,
                "objects": facts.objects,
                "built": facts.built,
                "commit": facts.commit,
                "problem": facts.problem,
            })),
            "problem": state.problem,
            "selfCheck": state.report,
        });
        disarmed_json(&format!("{status:#}\n"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks the snapshot as at the start, with the same log lines, and returns the content of `/policy` and an exit code: 0 if every
/// promise holds, 1 if one is broken, 3 if one is undecided, 2 without a snapshot.
pub async fn self_check(config: &Config) -> (String, u8) {
    let metrics = Arc::new(Metrics::new());
    let policy = Policy::new(config, Arc::clone(&metrics));
    if policy.load().await {
        policy.check(&Kubernetes::new(config, metrics)).await;
    } else if policy.path.is_none() {
        warn!("--self-check requires --policy-snapshot FILE");
    }
    let code = policy.state().report.as_ref().map_or(2, |report| {
        match (report.promises.broken, report.promises.undecided) {
            (1.., _) => 1,
            (0, 1..) => 3,
            (0, 0) => 0,
        }
    });
    (policy.status(), code)
}

/// The bytes of a file, if they are a valid snapshot.
pub(crate) fn checked_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = file::bytes(path).map_err(|error| error.to_string())?;
    Snapshot::read(&bytes).map_err(|error| format!("{error}; {}", error.help()))?;
    Ok(bytes)
}

/// A mount under evaluation.
pub(crate) struct Asked {
    mode: PolicyMode,
    built: String,
    answer: Option<oneshot::Receiver<Vec<Verdict>>>,
}

/// The verdicts on a mount, one per object; empty if no snapshot answered.
pub(crate) struct Verdicts {
    mode: PolicyMode,
    of_objects: Vec<Verdict>,
}

impl Asked {
    /// Waits for the verdicts and, with `strict`, fails a mount that they do not allow.
    pub(crate) async fn gate(
        self,
        metrics: &Metrics,
        objects: &[Wish],
        end: Instant,
    ) -> Result<Verdicts, MountError> {
        let built = self.built.clone();
        let verdicts = self.verdicts(end).await;
        if let (PolicyMode::Strict, Some(error)) = (verdicts.mode, verdicts.error(objects, &built))
        {
            verdicts.count(metrics);
            return Err(error);
        }
        Ok(verdicts)
    }

    /// Whether the verdicts must exist before the first call to AWS.
    pub(crate) fn is_strict(&self) -> bool {
        self.mode == PolicyMode::Strict
    }

    /// Waits for the verdicts.
    pub(crate) async fn verdicts(self, end: Instant) -> Verdicts {
        let end = match self.mode {
            PolicyMode::Strict => end,
            _ => end.min(Instant::now() + PATIENCE),
        };
        let of_objects = match self.answer {
            None => Vec::new(),
            Some(answer) => match tokio::time::timeout_at(end, answer).await {
                Ok(Ok(verdicts)) => verdicts,
                Ok(Err(_)) | Err(_) => Vec::new(),
            },
        };
        Verdicts {
            mode: self.mode,
            of_objects,
        }
    }
}

impl Verdicts {
    /// The error of the first object that is not allowed, else of the first that is undecided.
    fn error(&self, objects: &[Wish], built: &str) -> Option<MountError> {
        if self.of_objects.len() != objects.len() {
            return Some(
                MountError::precondition(
                    "--policy=strict fails this mount without a call to AWS: no policy snapshot is in use",
                )
                .hint("provide an output of `ascp-policy snapshot`, or set --policy=warn"),
            );
        }
        let pairs = || objects.iter().zip(&self.of_objects);
        let denied = pairs().find_map(|(wish, verdict)| match verdict {
            Verdict::NotAllowed(cause) => Some(
                MountError::denied(format!(
                    "--policy=strict fails this mount without a call to AWS: {}: {cause}",
                    wish.name
                ))
                .hint(format!(
                    "repair this cause, and renew the policy snapshot, which was built {built}"
                )),
            ),
            Verdict::Allow | Verdict::Undecided(_) => None,
        });
        denied.or_else(|| {
            pairs().find_map(|(wish, verdict)| match verdict {
                Verdict::Undecided(reason) => Some(MountError::precondition(format!(
                    "--policy=strict fails this mount without a call to AWS: {}: undecided, because {reason}",
                    wish.name
                ))
                .hint(format!(
                    "renew the policy snapshot, which was built {built}, with the missing fact, or set --policy=warn"
                ))),
                Verdict::Allow | Verdict::NotAllowed(_) => None,
            })
        })
    }

    /// The cause for the first of these objects that the snapshot does not allow.
    pub(crate) fn cause(&self, places: &[usize]) -> Option<&str> {
        let verdicts = places.iter().filter_map(|at| self.of_objects.get(*at));
        verdicts.into_iter().find_map(|verdict| match verdict {
            Verdict::NotAllowed(cause) => Some(cause.as_str()),
            Verdict::Allow | Verdict::Undecided(_) => None,
        })
    }

    /// Whether the snapshot allows each of these objects.
    pub(crate) fn allows(&self, places: &[usize]) -> bool {
        let mut verdicts = places.iter().map(|at| self.of_objects.get(*at));
        verdicts.all(|verdict| verdict == Some(&Verdict::Allow))
    }

    /// The position and the cause of the first object that the snapshot does not allow.
    pub(crate) fn first_not_allowed(&self) -> Option<(usize, &str)> {
        let mut verdicts = self.of_objects.iter().enumerate();
        verdicts.find_map(|(at, verdict)| match verdict {
            Verdict::NotAllowed(cause) => Some((at, cause.as_str())),
            Verdict::Allow | Verdict::Undecided(_) => None,
        })
    }

    /// Whether disagreements are logged.
    pub(crate) fn are_logged(&self) -> bool {
        matches!(self.mode, PolicyMode::Warn | PolicyMode::Strict)
    }

    /// Counts the mount in the metrics.
    pub(crate) fn count(&self, metrics: &Metrics) {
        if self.mode == PolicyMode::Off {
            return;
        }
        let verdict = if self.of_objects.is_empty() {
            "unavailable"
        } else if self.first_not_allowed().is_some() {
            "refuse"
        } else if self
            .of_objects
            .iter()
            .all(|verdict| *verdict == Verdict::Allow)
        {
            "allow"
        } else {
            "undecided"
        };
        metrics.policy_mount(self.mode.word(), verdict);
    }
}
