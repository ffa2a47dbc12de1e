//! One decided request: its answer, its text, and the exit code of many.

use crate::{
    args::{Common, Uncertain},
    exit::Exit,
    render::{
        Style,
        json::{self as answer, RequestAnswer},
        line,
    },
};
use policy_engine::{
    evaluator::{Decision, assumed, explain},
    request::file::Question,
    source::SourceMap,
    stage::StageName,
};
use std::fmt::Write as _;

/// An answer with the expected decision.
pub(super) struct Answered {
    pub(super) answer: RequestAnswer,
    pub(super) decision: Decision,
    pub(super) expected: Option<Decision>,
}

pub(super) fn decide(question: &Question, sources: &SourceMap, common: &Common) -> Answered {
    let policies = question.policies.as_policies();
    let other = common.other();
    let (outcome, explanation) = explain(&question.request, &policies, other);
    let rests: Vec<_> = assumed(&question.request, &policies, other, &outcome)
        .iter()
        .collect();
    let mut answer = answer::request(
        question.name.clone(),
        &outcome,
        &explanation,
        &question.request,
        rests.iter().map(ToString::to_string).collect(),
        sources,
    );
    answer.aws_would_say = outcome
        .aws_would_say(&question.request)
        .map(StageName::word);
    let mut decision = outcome.decision;
    if common.uncertain == Uncertain::Report && !rests.is_empty() {
        decision = Decision::Unknown;
        answer.undecide(rests.iter().find_map(|entry| {
            let other = other.toggled(*entry);
            let (outcome, explanation) = explain(&question.request, &policies, other);
            let name = question.name.clone();
            let request = &question.request;
            let of = answer::request(name, &outcome, &explanation, request, Vec::new(), sources);
            of.decided_by
        }));
    }
    Answered {
        answer,
        decision,
        expected: question.expect,
    }
}

#[derive(Default)]
pub(super) struct Tally {
    count: usize,
    last: Option<Decision>,
    pub(super) expected: usize,
    pub(super) failed: usize,
    pub(super) unreadable: usize,
}

impl Tally {
    pub(super) fn add(&mut self, answer: &Answered) {
        self.count += 1;
        self.last = Some(answer.decision);
        if let Some(expected) = answer.expected {
            self.expected += 1;
            self.failed += usize::from(expected != answer.decision);
        }
    }

    pub(super) fn exit(&self) -> Exit {
        match (self.unreadable, self.expected, self.last) {
            (0, 0, Some(decision)) if self.count == 1 => decision.into(),
            (0, ..) if self.failed > 0 => Exit::No,
            (0, ..) => Exit::Yes,
            _ => Exit::Trouble,
        }
    }
}

pub(super) fn answer_text(answer: &Answered, style: &Style) -> String {
    let mut text = text(&answer.answer, style);
    if let Some(expected) = answer
        .expected
        .filter(|expected| *expected != answer.decision)
    {
        let _ = writeln!(text, "  expected {}", shown(&expected.to_string()));
    }
    text
}

/// A word of the JSON answer as people read it.
fn shown(word: &str) -> &str {
    match word {
        "refuse" => "not allowed",
        "not-needed" => "not needed",
        other => other,
    }
}

/// An answer as text.
pub fn text(answer: &RequestAnswer, style: &Style) -> String {
    let decision = shown(&answer.decision);
    let color = match answer.decision.as_str() {
        "allow" => "32",
        "unknown" => "33",
        _ => "31",
    };
    let name = answer
        .name
        .as_deref()
        .map(|name| {
            let gap = " ".repeat(13_usize.saturating_sub(decision.len()));
            format!("{gap}{}", line(name))
        })
        .unwrap_or_default();
    let mut text = format!("{}{name}\n", style.paint(color, decision));
    if style.quiet {
        return text;
    }
    let stages: Vec<_> = answer
        .stages
        .iter()
        .map(|stage| format!("{} {}", stage.name(), shown(stage.result())))
        .collect();
    let _ = writeln!(text, "  {}", stages.join(", "));
    for miss in answer
        .stages
        .iter()
        .flat_map(crate::render::json::RequestStage::misses)
    {
        let _ = writeln!(text, "    {}", line(&miss));
    }
    for name in &answer.unknown {
        let _ = writeln!(text, "  missing {}", line(name));
    }
    if !answer.assumed.is_empty() {
        let _ = writeln!(text, "  assumed {}", answer.assumed.join(", "));
    }
    text
}
