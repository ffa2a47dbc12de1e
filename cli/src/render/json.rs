//! Answers as JSON. The names of members are stable.

use policy_engine::{
    evaluator::{
        Decision, Outcome,
        explain::{Explanation, Miss, StatementTrace},
    },
    request::Request,
    simulator::{By, Call, Stage, Walk},
    source::{Origin, SourceMap},
    stage::StageName,
    truth::Truth,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer of `simulate POD OBJECT`.
#[derive(Debug, Serialize)]
pub struct SimulateAnswer {
    schema: &'static str,
    pod: String,
    object: String,
    ask: String,
    decision: String,
    #[serde(rename = "decidedBy")]
    decided_by: Option<DecidedBy>,
    stages: Vec<StageAnswer>,
    session: Option<SessionAnswer>,
    unknown: Vec<String>,
    assumed: Vec<String>,
    #[serde(rename = "awsWouldSay")]
    aws_would_say: Option<&'static str>,
}

/// The deciding stage, policy and statement.
#[derive(Debug, Serialize)]
pub struct DecidedBy {
    stage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    file: Option<String>,
    line: Option<u32>,
    policy: Option<String>,
    statement: Option<usize>,
    sid: Option<String>,
    #[serde(rename = "policyType", skip_serializing_if = "Option::is_none")]
    policy_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
}

/// A stage.
#[derive(Debug, Serialize)]
pub struct StageAnswer {
    stage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    result: String,
    asked: Vec<String>,
    by: Option<ByAnswer>,
    missed: Vec<MissAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct ByAnswer {
    file: Option<String>,
    line: Option<u32>,
    policy: Option<String>,
    statement: Option<usize>,
    sid: Option<String>,
    #[serde(rename = "policyType")]
    policy_type: Option<String>,
}

#[derive(Debug, Serialize)]
struct MissAnswer {
    path: String,
    key: Option<String>,
    wanted: Vec<String>,
    found: Vec<String>,
    file: Option<String>,
    line: Option<u32>,
}

#[derive(Debug, Serialize)]
struct SessionAnswer {
    role: String,
    tags: BTreeMap<String, String>,
}

fn file_line(sources: &SourceMap, origin: Origin) -> (Option<String>, Option<u32>) {
    match sources.position(origin) {
        Some(position) => (
            Some(sources.name(origin.source).to_owned()),
            Some(position.line),
        ),
        None => (None, None),
    }
}

fn miss_answer(miss: &Miss, sources: &SourceMap) -> MissAnswer {
    let (file, line) = file_line(sources, miss.origin);
    MissAnswer {
        path: miss.path.clone(),
        key: miss.key.clone(),
        wanted: miss.wanted.clone(),
        found: miss.actual.clone(),
        file,
        line,
    }
}

fn by_answer(by: &By, sources: &SourceMap) -> ByAnswer {
    let (file, line) = file_line(sources, by.origin);
    ByAnswer {
        file,
        line,
        policy: by.policy.as_deref().map(str::to_owned),
        statement: by.statement,
        sid: by.sid.clone(),
        policy_type: by.kind.map(|kind| kind.to_string()),
    }
}

fn stage_answer(stage: &Stage, sources: &SourceMap) -> StageAnswer {
    StageAnswer {
        stage: stage.name.word(),
        region: stage.region.clone(),
        result: stage.result.to_string(),
        asked: stage.asked.clone(),
        by: stage.by.as_ref().map(|by| by_answer(by, sources)),
        missed: stage
            .missed
            .iter()
            .map(|miss| miss_answer(miss, sources))
            .collect(),
        note: stage.note.clone(),
    }
}

/// The answer of a walk.
pub fn simulate(
    walk: &Walk,
    pod: &str,
    object: &str,
    ask: &str,
    sources: &SourceMap,
) -> SimulateAnswer {
    let decided_by = walk.deciding().map(|stage| {
        let by = stage.by.as_ref().map(|by| by_answer(by, sources));
        let (file, line) = by
            .as_ref()
            .map_or((None, None), |by| (by.file.clone(), by.line));
        DecidedBy {
            stage: stage.name.word().to_owned(),
            region: stage.region.clone(),
            file,
            line,
            policy: by.as_ref().and_then(|by| by.policy.clone()),
            statement: by.as_ref().and_then(|by| by.statement),
            sid: by.as_ref().and_then(|by| by.sid.clone()),
            policy_type: by.and_then(|by| by.policy_type),
            missing: stage.unknown.clone(),
        }
    });
    let refused = |call: &&Call| {
        matches!(
            call.outcome.decision,
            Decision::ImplicitDeny | Decision::ExplicitDeny
        )
    };
    let deciding_call = walk.deciding().and_then(|stage| {
        let mut calls = stage.calls.iter().filter_map(|at| walk.calls.get(*at));
        let first = calls.clone().next();
        calls.find(refused).or(first)
    });
    // An unknown request may be allowed; then AWS returns no message.
    let deciding_call = deciding_call.filter(|_| walk.decision != Decision::Unknown);
    SimulateAnswer {
        schema: "ascp-policy/simulate/v1",
        pod: pod.to_owned(),
        object: object.to_owned(),
        ask: ask.to_owned(),
        decision: walk.decision.to_string(),
        decided_by,
        stages: walk
            .stages
            .iter()
            .map(|stage| stage_answer(stage, sources))
            .collect(),
        session: walk.session.as_ref().map(|session| SessionAnswer {
            role: session.role.clone(),
            tags: session.tags.iter().cloned().collect(),
        }),
        unknown: walk.unknown.clone(),
        assumed: walk.assumed.iter().map(|entry| entry.to_string()).collect(),
        aws_would_say: deciding_call
            .and_then(|call| call.outcome.aws_would_say(&call.request))
            .map(StageName::word),
    }
}

/// The answer to a request.
#[derive(Debug, Serialize)]
pub struct RequestAnswer {
    /// The request's name.
    pub name: Option<String>,
    /// The decision.
    pub decision: String,
    /// The deciding stage, policy and statement.
    #[serde(rename = "decidedBy")]
    pub decided_by: Option<RequestDecidedBy>,
    /// The result of each policy type.
    pub stages: Vec<RequestStage>,
    /// The missing facts.
    pub unknown: Vec<String>,
    /// Uncertainties that the decision assumes.
    pub assumed: Vec<String>,
    /// The stage that AWS's own message would name.
    #[serde(rename = "awsWouldSay")]
    pub aws_would_say: Option<&'static str>,
}

/// The policy and statement that decided a request.
#[derive(Debug, Serialize)]
pub struct RequestDecidedBy {
    stage: &'static str,
    policy: Option<String>,
    statement: Option<usize>,
    sid: Option<String>,
    line: Option<u32>,
}

/// The result of a policy type.
#[derive(Debug, Serialize)]
pub struct RequestStage {
    stage: &'static str,
    result: String,
    missed: Vec<MissAnswer>,
}

/// A line of a request file that cannot be read.
#[derive(Debug, Serialize)]
pub struct RequestError {
    /// The line, counted from 1.
    pub line: u32,
    /// The error.
    pub error: String,
}

/// The answer to a request.
pub fn request(
    name: Option<String>,
    outcome: &Outcome,
    explanation: &Explanation,
    request: &Request,
    assumed: Vec<String>,
    sources: &SourceMap,
) -> RequestAnswer {
    let word = |side| StageName::of(side, request).word();
    let stages = outcome.sides().map(|(side, verdict)| {
        let nearest = explanation.of(side).find_map(|set| set.nearest());
        let missed = nearest
            .filter(|_| verdict.blocks())
            .map(|statement| statement.missed.as_slice())
            .unwrap_or_default();
        RequestStage {
            stage: word(side),
            result: verdict.to_string(),
            missed: missed
                .iter()
                .filter(|miss| miss.truth != Truth::True)
                .map(|miss| miss_answer(miss, sources))
                .collect(),
        }
    });
    let decided_by = outcome.decided_by().map(|side| {
        let statement = explanation.of(side).find_map(|set| deciding(set, outcome));
        let origin = statement
            .and_then(|statement| statement.written())
            .map(|written| written.origin);
        RequestDecidedBy {
            stage: word(side),
            policy: statement.map(|statement| statement.document.name.to_string()),
            statement: statement.map(|statement| statement.statement),
            sid: statement
                .and_then(|statement| statement.written())
                .and_then(|written| written.sid.as_ref())
                .map(|sid| sid.value.clone()),
            line: origin
                .and_then(|origin| sources.position(origin))
                .map(|position| position.line),
        }
    });
    let unknown = if outcome.decision == Decision::Unknown {
        explanation.unknown()
    } else {
        Vec::new()
    };
    RequestAnswer {
        name,
        decision: outcome.decision.to_string(),
        decided_by,
        stages: stages.collect(),
        unknown,
        assumed,
        aws_would_say: None,
    }
}

fn deciding<'e>(
    set: &'e policy_engine::evaluator::explain::SetTrace,
    outcome: &Outcome,
) -> Option<&'e StatementTrace> {
    use policy_engine::policy::statement::Effect;
    match outcome.decision {
        Decision::ExplicitDeny => set
            .deciding()
            .filter(|statement| statement.effect == Effect::Deny),
        Decision::Unknown => set.open(),
        Decision::Allow | Decision::ImplicitDeny => set.nearest(),
    }
}

/// The answer of `test`.
#[derive(Debug, Serialize)]
pub struct TestAnswer {
    /// `ascp-policy/test/v1`
    pub schema: &'static str,
    /// The promises.
    pub promises: Vec<PromiseAnswer>,
    /// The counts.
    pub summary: TestSummary,
}

/// A promise, for a pod and an object.
#[derive(Clone, Debug, Serialize)]
pub struct PromiseAnswer {
    /// The world file.
    pub file: String,
    /// The line of the promise.
    pub line: u32,
    /// The pod; empty for a promise about readers.
    pub pod: String,
    /// The question; `readers` for a promise about readers.
    pub ask: String,
    /// The object.
    pub object: String,
    /// `can`, `cannot` or `readers`.
    pub promised: &'static str,
    /// Whether it holds; `null`: undecided.
    pub held: Option<bool>,
    /// The decision of the request.
    pub decision: String,
    /// The stage that decided.
    pub stage: Option<String>,
    /// The reason why it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The counts of `test`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct TestSummary {
    /// Promises that hold.
    pub held: usize,
    /// Promises that do not.
    pub broken: usize,
    /// Promises that depend on a missing fact.
    pub undecided: usize,
}

impl RequestStage {
    /// The stage's word.
    pub fn name(&self) -> &str {
        self.stage
    }

    /// Its result.
    pub fn result(&self) -> &str {
        &self.result
    }

    /// The failed elements of its nearest statement, a line each.
    pub fn misses(&self) -> Vec<String> {
        let lines = self.missed.iter().map(|miss| {
            let key = miss
                .key
                .as_deref()
                .map(|key| format!(" {key}"))
                .unwrap_or_default();
            let actual = if miss.found.is_empty() {
                "absent".to_owned()
            } else {
                format!("{:?}", miss.found)
            };
            format!(
                "{} {}{key}: wants {:?}, found {actual}",
                self.stage, miss.path, miss.wanted
            )
        });
        lines.collect()
    }
}

impl RequestAnswer {
    /// Makes the decision unknown because it assumes uncertainties; `by` decides in the other branch.
    pub fn undecide(&mut self, by: Option<RequestDecidedBy>) {
        "unknown".clone_into(&mut self.decision);
        self.unknown = std::mem::take(&mut self.assumed);
        self.decided_by = self.decided_by.take().or(by);
        self.aws_would_say = None;
        let Some(decided_by) = &self.decided_by else {
            return;
        };
        let name = decided_by.stage;
        if let Some(stage) = self.stages.iter_mut().find(|stage| stage.stage == name) {
            "unknown".clone_into(&mut stage.result);
        }
    }
}

impl RequestDecidedBy {
    /// Sets the line of the JSON Lines file.
    pub fn set_line(&mut self, line: u32) {
        self.line = Some(line);
    }
}
