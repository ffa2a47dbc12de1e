//! `rules`: lists the rules, or prints the page of a rule.

use super::{Trouble, deliver, json, json_line, print};
use crate::{
    args::{Common, Format, Rules, RulesCommand},
    config::Selector,
    exit::Exit,
    render::Style,
    rulebook::{self, RuleInfo},
};
use serde::Serialize;

/// A rule as JSON.
#[derive(Debug, Serialize)]
struct RuleAnswer {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    class: &'static str,
    confidence: &'static str,
    needs: Vec<&'static str>,
    fix: Option<&'static str>,
    aws: &'static [&'static str],
    summary: String,
    url: String,
}

/// Lists the rules, or prints the page of a rule.
pub fn run(arguments: &Rules, common: &Common) -> Result<Exit, Trouble> {
    if let Some(RulesCommand::Explain { rule }) = &arguments.command {
        let Some(info) = rulebook::find(rule) else {
            let error = Selector::parse(rule).err();
            let title = error.unwrap_or_else(|| {
                format!("`{rule}` matches several rules; pass one code or name")
            });
            return Err(Trouble::new(title, None));
        };
        print(&format!("{}\n", info.page().trim_end()))?;
        return Ok(Exit::Yes);
    }
    let rules: Vec<&RuleInfo> = rulebook::all()
        .iter()
        .filter(|rule| is_wanted(rule, arguments))
        .collect();
    let answers = || rules.iter().map(|rule| answer(rule));
    deliver(common, |format, style| match format {
        Format::Text => rules.iter().map(|rule| text(rule, style)).collect(),
        Format::Json => json(&answers().collect::<Vec<_>>()),
        Format::Jsonl => answers().map(|rule| json_line(&rule)).collect(),
    })?;
    Ok(Exit::Yes)
}

fn is_wanted(rule: &RuleInfo, arguments: &Rules) -> bool {
    let is_named = arguments.rules.is_empty()
        || arguments
            .rules
            .iter()
            .any(|selector| selector.matches(rule).is_some());
    is_named
        && arguments.class.is_none_or(|class| rule.class == class)
        && arguments
            .severity
            .is_none_or(|least| rule.severity <= least)
}

/// A line with code, severity, class, name and AWS code, and a sentence below.
fn text(rule: &RuleInfo, style: &Style) -> String {
    let aws = rule.aws.first();
    let aws = aws.map_or_else(String::new, |code| format!("  {code}"));
    format!(
        "{}  {:<8}  {:<7}  {}{}\n        {}\n",
        rule.code,
        rule.severity.word(),
        rule.class.word(),
        rule.name,
        style.paint("2", &aws),
        rule.sentence()
    )
}

fn answer(rule: &RuleInfo) -> RuleAnswer {
    RuleAnswer {
        code: rule.code,
        name: rule.name,
        severity: rule.severity.word(),
        class: rule.class.word(),
        confidence: rule.confidence(),
        needs: rule.needs(),
        fix: rule.fix(),
        aws: rule.aws,
        summary: rule.summary(),
        url: rule.url(),
    }
}
