//! A snapshot with its compiled policies, on a thread of its own that answers questions until nobody can ask any more.
//!
//! The simulator borrows the snapshot, so both live on that thread's stack; walking is work for a processor and keeps no
//! task of a mount from running.

use super::{
    check::{self, Report},
    clusters,
    question::{self, MountQuestion, Verdict, bounded},
};
use policy_engine::{simulator::Simulator, snapshot::Snapshot};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};
use tokio::sync::{mpsc, oneshot};

/// How many questions may wait; one that finds no room is undecided.
const QUEUE: usize = 8192;
/// The engine bounds its own depth; this is far more than it needs.
const STACK: usize = 8 << 20;

/// A snapshot that can be asked.
pub(crate) struct World {
    questions: mpsc::Sender<Question>,
    /// What it is.
    pub(crate) facts: Facts,
}

/// What a snapshot says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The cluster that is served, when that is settled.
    pub(crate) cluster: Option<String>,
    /// Its name, or those of all clusters.
    pub(crate) name: String,
    /// Why no cluster of it can be served.
    pub(crate) problem: Option<String>,
    /// How many pods it knows of the cluster.
    pub(crate) pods: usize,
    /// How many secrets and parameters it knows.
    pub(crate) objects: usize,
    /// When it was built.
    pub(crate) built: String,
    /// The commit it was built from.
    pub(crate) commit: Option<String>,
}

enum Question {
    Mount(Box<MountQuestion>, oneshot::Sender<Vec<Verdict>>),
    Check(Option<Vec<String>>, oneshot::Sender<Report>),
}

impl World {
    /// Starts the thread.
    pub(crate) fn start(snapshot: Snapshot, wanted: Option<&str>) -> io::Result<Self> {
        let facts = Facts::new(&snapshot, wanted);
        let (questions, asked) = mpsc::channel(QUEUE);
        let cluster = facts.cluster.clone();
        let problem = facts.problem.clone();
        std::thread::Builder::new()
            .name("policy".to_owned())
            .stack_size(STACK)
            .spawn(move || serve(&snapshot, cluster.as_deref(), problem.as_deref(), asked))?;
        Ok(Self { questions, facts })
    }

    /// Asks whether a mount may read each of its objects.
    pub(crate) fn mount(&self, question: MountQuestion) -> Option<oneshot::Receiver<Vec<Verdict>>> {
        let (answer, receiver) = oneshot::channel();
        let question = Question::Mount(Box::new(question), answer);
        self.questions.try_send(question).ok()?;
        Some(receiver)
    }

    /// Checks promises and rules.
    pub(crate) async fn check(&self, audiences: Option<Vec<String>>) -> Option<Report> {
        let (answer, receiver) = oneshot::channel();
        let question = Question::Check(audiences, answer);
        self.questions.send(question).await.ok()?;
        receiver.await.ok()
    }
}

impl Facts {
    fn new(snapshot: &Snapshot, wanted: Option<&str>) -> Self {
        let inventory = &snapshot.inventory;
        let (cluster, problem) = match clusters::pick(inventory, wanted) {
            Ok(cluster) => (cluster, None),
            Err(problem) => (None, Some(bounded(&problem, 256))),
        };
        let pods = inventory.pods();
        let own = |pod: &&policy_engine::inventory::Pod| {
            cluster
                .as_ref()
                .is_none_or(|cluster| pod.cluster == *cluster)
        };
        Self {
            name: bounded(&clusters::name(inventory, cluster.as_deref()), 256),
            pods: pods.iter().filter(own).count(),
            objects: inventory.secrets.len() + inventory.parameters.len(),
            built: bounded(&snapshot.built, 64),
            commit: snapshot.commit.as_ref().map(|commit| bounded(commit, 64)),
            cluster,
            problem,
        }
    }
}

fn serve(
    snapshot: &Snapshot,
    cluster: Option<&str>,
    problem: Option<&str>,
    mut asked: mpsc::Receiver<Question>,
) {
    let simulator = Simulator::new(&snapshot.inventory);
    while let Some(question) = asked.blocking_recv() {
        // A question that breaks the engine is a bug of its; the sender that is dropped then means "undecided".
        let answered = catch_unwind(AssertUnwindSafe(|| match question {
            Question::Mount(question, answer) => {
                let verdicts = match problem {
                    Some(problem) => question::all_undecided(&question, problem),
                    None => question::answer(snapshot, &simulator, cluster, &question),
                };
                let _ = answer.send(verdicts);
            }
            Question::Check(audiences, answer) => {
                let report = check::run(snapshot, &simulator, cluster, audiences);
                let _ = answer.send(report);
            }
        }));
        if answered.is_err() {
            tracing::error!("a question to the policy snapshot failed inside; this is a bug");
        }
    }
}
