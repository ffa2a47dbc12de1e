//! `rules`: lists the rules, or prints the page of a rule.

use super::{Trouble, deliver, json, json_line, print};
use crate::{
    args::{Common, Format, Rules, RulesCommand},
    config::Selector,
    exit::Exit,
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
    let answers = || rulebook::all().iter().map(answer);
    deliver(common, |format, style| match format {
        Format::Text => rulebook::all()
            .iter()
            .map(|rule| {
                let aws = rule
                    .aws
                    .first()
                    .map_or_else(String::new, |code| format!("  {code}"));
                let mark = style.paint("2", &aws);
                format!(
                    "{}  {:<8}  {:<7}  {}{mark}\n",
                    rule.code,
                    rule.severity.word(),
                    rule.class.word(),
                    rule.name
                )
            })
            .collect(),
        Format::Json => json(&answers().collect::<Vec<_>>()),
        Format::Jsonl => answers().map(|rule| json_line(&rule)).collect(),
    })?;
    Ok(Exit::Yes)
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
