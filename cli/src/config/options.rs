//! `[rules.options.CODE]`: options of rules.

use super::read::Reader;
use crate::rulebook;
use loader::nearest;
use policy_engine::syntax::node::{Node, Value};
use rules::{
    input::Settings,
    registry,
    rule::{
        Rule,
        option::{RuleOption, Setting},
    },
};

impl Reader {
    /// The options of all tables; a table is called after a rule, or after the beginning of the codes of several.
    pub(super) fn settings(&mut self, node: &Node) -> Settings {
        let mut settings = Settings::default();
        let Some(tables) = node.as_map() else {
            let help = Some("[rules.options.TAG101]");
            self.problem(
                "`options` must contain one table per rule",
                help,
                node.origin,
            );
            return settings;
        };
        for (key, table) in tables {
            let name = key.as_str().unwrap_or("");
            let rules = matching_rules(name);
            if rules.is_empty() {
                self.problem(
                    format!("`{name}` is not a rule with options"),
                    Some(&help(name)),
                    key.origin,
                );
                continue;
            }
            let Some(members) = table.as_map() else {
                let message = format!("the options of `{name}` must be a table");
                let example = rules.iter().flat_map(|rule| rule.options).next();
                let example =
                    example.map(|option| format!("[rules.options.{name}]\n{}", line(option)));
                self.problem(message, example.as_deref(), table.origin);
                continue;
            };
            for (option, value) in members {
                self.option(
                    &mut settings,
                    &rules,
                    name,
                    (option.as_str().unwrap_or(""), option.origin),
                    value,
                );
            }
        }
        settings
    }

    fn option(
        &mut self,
        settings: &mut Settings,
        rules: &[&'static Rule],
        name: &str,
        (key, place): (&str, policy_engine::source::Origin),
        value: &Node,
    ) {
        let mut matches = rules.iter().filter_map(|rule| {
            let mut options = rule.options.iter();
            Some((*rule, *options.find(|option| option.name == key)?))
        });
        let Some((first, option)) = matches.next() else {
            let names = rules
                .iter()
                .flat_map(|rule| rule.options)
                .map(|option| option.name);
            let help = match nearest(key, names.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let mut names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
                    names.dedup();
                    format!("its options: {}", names.join(", "))
                }
            };
            self.problem(
                format!("`{name}` has no option `{key}`"),
                Some(&help),
                place,
            );
            return;
        };
        let Some(setting) = self.setting(option, value) else {
            return;
        };
        for (rule, option) in std::iter::once((first, option)).chain(matches) {
            settings.set(rule, option, setting.clone());
        }
    }

    /// The value of an option, of the kind of its default.
    fn setting(&mut self, option: &RuleOption, value: &Node) -> Option<Setting> {
        let setting = match (&option.default, &value.value) {
            (Setting::Number(_, most), Value::Number(text)) => {
                let number = text.parse().ok().filter(|number| number <= most);
                number.map(|number| Setting::Number(number, *most))
            }
            (Setting::Switch(_), Value::Bool(on)) => Some(Setting::Switch(*on)),
            (Setting::Patterns(_), Value::List(items)) => {
                let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
                texts.collect::<Option<Vec<_>>>().map(Setting::Patterns)
            }
            _ => None,
        };
        if setting.is_none() {
            let message = format!("`{}` must be {}", option.name, option.kind());
            self.problem(message, Some(&line(option)), value.origin);
        }
        setting
    }
}

/// The rules with options that a code, a name or a prefix of codes matches.
fn matching_rules(name: &str) -> Vec<&'static Rule> {
    let rules = registry::rules().iter().copied();
    let with_options = rules.filter(|rule| !rule.options.is_empty());
    let is_prefix = name.len() >= 3
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    with_options
        .filter(|rule| rule.is(name) || (is_prefix && rule.code.starts_with(name)))
        .collect()
}

fn help(name: &str) -> String {
    if rulebook::find(name).is_some() {
        return "`ascp-policy rules explain CODE` lists the options of a rule".to_owned();
    }
    let rules = registry::rules()
        .iter()
        .filter(|rule| !rule.options.is_empty());
    match nearest(name, rules.flat_map(|rule| [rule.code, rule.name])) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`ascp-policy rules` lists all rules".to_owned(),
    }
}

/// An example of an option.
fn line(option: &RuleOption) -> String {
    match option.default {
        Setting::Patterns(_) => format!("{} = [\"shop:deploy-*\"]", option.name),
        Setting::Number(..) | Setting::Switch(_) => format!("{} = {}", option.name, option.default),
    }
}
