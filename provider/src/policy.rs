//! The policy snapshot: loaded, watched, checked before readiness, and asked at every mount.
//!
//! It is a world that `ascp-policy snapshot` wrote. It never stops a node from serving, except where `--policy=strict` asks for
//! that; the last snapshot that could be read stays in use when a later one cannot.

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
use policy_engine::snapshot::Snapshot;
use question::Verdict;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, time::Instant};
use tracing::{info, warn};
use world::World;

/// How often the file is looked at.
const EVERY: Duration = Duration::from_secs(2);
/// How long a mount waits for verdicts that only explain.
const PATIENCE: Duration = Duration::from_secs(1);

/// The snapshot and what is made of it.
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
    /// Why the file that is there now is not in use.
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

    /// Whether mounts are asked about at all.
    pub(crate) fn is_on(&self) -> bool {
        self.mode != PolicyMode::Off
    }

    /// Whether the process may say that it is ready.
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

    /// Reads the file if it is not the one that was read last; says whether it is in use now.
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
            // A file that is missing is told once, until there is one.
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
                "reading it failed inside; this is a bug".to_owned()
            }
        };
        let used = match (first, self.mode) {
            (false, _) => "the snapshot before it stays in use",
            (true, PolicyMode::Strict) => "no mount is served without one",
            (true, _) => "mounts are served without a gate",
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
            warn!("no mount can be decided: {problem}");
        }
        self.metrics.policy_read("loaded");
        self.metrics.policy_loaded(&facts.built);
        let mut state = self.state();
        state.world = Some(Arc::new(world));
        state.report = None;
        state.problem = None;
    }

    /// Checks promises, rules and audiences of the snapshot that is in use.
    pub(crate) async fn check(&self, kubernetes: &Kubernetes) {
        let Some(world) = self.state().world.clone() else {
            if self.mode == PolicyMode::Strict && self.path.is_none() {
                warn!("--policy=strict without --policy-snapshot: no mount is served");
            }
            return;
        };
        let audiences = kubernetes.audiences().await;
        let Some(report) = world.check(audiences).await else {
            warn!("the self-check failed inside; this is a bug");
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

    /// Asks about a mount; nobody waits for the answer yet.
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

    /// What the admin port tells.
    pub(crate) fn status(&self) -> Value {
        let ready = self.is_ready();
        let state = self.state();
        let facts = state.world.as_ref().map(|world| &world.facts);
        json!({
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
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks the snapshot as a provider does when it starts, by hand: the log lines are the same, and what `/policy` serves is the
/// answer. The code is 0 when every promise holds, 1 when one is broken, 3 when one is undecided, 2 without a snapshot.
pub async fn self_check(config: &Config) -> (String, u8) {
    let metrics = Arc::new(Metrics::new());
    let policy = Policy::new(config, Arc::clone(&metrics));
    if policy.load().await {
        policy.check(&Kubernetes::new(config, metrics)).await;
    } else if policy.path.is_none() {
        warn!("--self-check needs --policy-snapshot FILE");
    }
    let code = policy.state().report.as_ref().map_or(2, |report| {
        match (report.promises.broken, report.promises.undecided) {
            (1.., _) => 1,
            (0, 1..) => 3,
            (0, 0) => 0,
        }
    });
    (format!("{:#}\n", policy.status()), code)
}

/// The bytes of a file that holds a snapshot.
pub(crate) fn checked_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = file::bytes(path).map_err(|error| error.to_string())?;
    Snapshot::read(&bytes).map_err(|error| format!("{error}; {}", error.help()))?;
    Ok(bytes)
}

/// A mount that was asked about.
pub(crate) struct Asked {
    mode: PolicyMode,
    built: String,
    answer: Option<oneshot::Receiver<Vec<Verdict>>>,
}

/// The verdicts about a mount, one an object; empty where nobody could be asked.
pub(crate) struct Verdicts {
    mode: PolicyMode,
    of_objects: Vec<Verdict>,
}

impl Asked {
    /// Waits for the verdicts and, under `strict`, refuses what they do not allow.
    pub(crate) async fn gate(
        self,
        metrics: &Metrics,
        objects: &[Wish],
        end: Instant,
    ) -> Result<Verdicts, MountError> {
        let built = self.built.clone();
        let verdicts = self.verdicts(end).await;
        if let (PolicyMode::Strict, Some(refusal)) =
            (verdicts.mode, verdicts.refusal(objects, &built))
        {
            verdicts.count(metrics);
            return Err(refusal);
        }
        Ok(verdicts)
    }

    /// Whether nothing may be fetched before the verdicts are there.
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
    /// The refusal of the first object that is refused, else of the first that is undecided.
    fn refusal(&self, objects: &[Wish], built: &str) -> Option<MountError> {
        if self.of_objects.len() != objects.len() {
            return Some(
                MountError::precondition(
                    "refused by --policy=strict before AWS was asked: there is no policy snapshot that can be asked",
                )
                .hint("mount a snapshot that `ascp-policy snapshot` wrote, or set --policy=warn"),
            );
        }
        let told = || objects.iter().zip(&self.of_objects);
        let refused = told().find_map(|(wish, verdict)| match verdict {
            Verdict::Refuse(cause) => Some(MountError::denied(format!(
                "refused by --policy=strict before AWS was asked: {}: {cause}",
                wish.name
            ))
            .hint(format!(
                "change what the sentence names, and renew the policy snapshot, which was built {built}"
            ))),
            Verdict::Allow | Verdict::Undecided(_) => None,
        });
        refused.or_else(|| {
            told().find_map(|(wish, verdict)| match verdict {
                Verdict::Undecided(reason) => Some(MountError::precondition(format!(
                    "refused by --policy=strict before AWS was asked: {}: the policy snapshot cannot decide it: {reason}",
                    wish.name
                ))
                .hint(format!(
                    "renew the policy snapshot, which was built {built}, with what it lacks, or set --policy=warn"
                ))),
                Verdict::Allow | Verdict::Refuse(_) => None,
            })
        })
    }

    /// The cause of one of these objects, if the snapshot refuses one.
    pub(crate) fn cause(&self, places: &[usize]) -> Option<&str> {
        let verdicts = places.iter().filter_map(|at| self.of_objects.get(*at));
        verdicts.into_iter().find_map(|verdict| match verdict {
            Verdict::Refuse(cause) => Some(cause.as_str()),
            Verdict::Allow | Verdict::Undecided(_) => None,
        })
    }

    /// Whether the snapshot allows each of these objects.
    pub(crate) fn allows(&self, places: &[usize]) -> bool {
        let mut verdicts = places.iter().map(|at| self.of_objects.get(*at));
        verdicts.all(|verdict| verdict == Some(&Verdict::Allow))
    }

    /// The number and the cause of the first object that the snapshot refuses.
    pub(crate) fn first_refused(&self) -> Option<(usize, &str)> {
        let mut verdicts = self.of_objects.iter().enumerate();
        verdicts.find_map(|(at, verdict)| match verdict {
            Verdict::Refuse(cause) => Some((at, cause.as_str())),
            Verdict::Allow | Verdict::Undecided(_) => None,
        })
    }

    /// Whether disagreements are logged.
    pub(crate) fn are_logged(&self) -> bool {
        matches!(self.mode, PolicyMode::Warn | PolicyMode::Strict)
    }

    /// Counts the mount.
    pub(crate) fn count(&self, metrics: &Metrics) {
        if self.mode == PolicyMode::Off {
            return;
        }
        let verdict = if self.of_objects.is_empty() {
            "unavailable"
        } else if self.first_refused().is_some() {
            "refuse"
        } else if self.of_objects.iter().all(|one| *one == Verdict::Allow) {
            "allow"
        } else {
            "undecided"
        };
        metrics.policy_mount(self.mode.word(), verdict);
    }
}
