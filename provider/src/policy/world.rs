//! A snapshot with its compiled policies, on a thread of its own that answers questions until the snapshot is replaced.
//!
//! The simulator borrows the snapshot, so both are on the stack of that thread. A walk needs the processor; on its own thread it
//! delays no task of a mount.

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

/// The length of the queue of questions; without room in it a mount gets no verdict.
const QUEUE: usize = 8192;
/// The size of the stack; the engine bounds its depth and needs much less.
const STACK: usize = 8 << 20;

/// A snapshot that answers questions.
pub(crate) struct World {
    questions: mpsc::Sender<Question>,
    /// Its facts.
    pub(crate) facts: Facts,
}

/// The facts of a snapshot about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The cluster that this provider serves, if it is known.
    pub(crate) cluster: Option<String>,
    /// The name of this cluster, or the names of all.
    pub(crate) name: String,
    /// The reason why the snapshot applies to no cluster.
    pub(crate) problem: Option<String>,
    /// The number of its pods in the cluster.
    pub(crate) pods: usize,
    /// The number of its secrets and parameters.
    pub(crate) objects: usize,
    /// The time at which it was built.
    pub(crate) built: String,
    /// The commit from which it was built.
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

    /// Asks which objects a mount may read.
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
        // A panic of the engine drops the sender: the mount gets no verdict.
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
            tracing::error!("a bug in the policy engine: an evaluation panicked");
        }
    }
}
