//! Reads the configuration file. An unknown key is an error, because it would have no effect.

use super::{
    Config, FailOn, Level, Override, Selector, Suppress, Terms,
    tree::{self, TomlError},
};
use crate::rulebook;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use loader::{
    Problem, Refused, Root, Understood, broken, decoded, nearest, read_inside, read_named, shown,
    shown_path,
};
use policy_engine::{
    source::{Origin, SourceId, SourceMap, Spanned},
    syntax::node::{Node, Value},
};
use std::path::Path;

const TOP: [&str; 8] = [
    "fail-on",
    "severity-threshold",
    "max-warnings",
    "require-reason",
    "baseline",
    "rules",
    "overrides",
    "suppress",
];
const RULES: [&str; 5] = ["select", "extend-select", "ignore", "severity", "options"];
const OVERRIDE: [&str; 5] = ["paths", "ignore", "severity", "reason", "until"];
const SUPPRESS: [&str; 6] = ["code", "codes", "object", "paths", "reason", "until"];
const SEVERITIES: &str = "info, low, medium, high or critical";
/// The largest configuration.
const MAX_FILE: u64 = 1024 * 1024;

/// The problems of a configuration, with the text they point into.
pub type Problems = (SourceMap, Vec<Problem>);

/// Reads a configuration that the user names.
pub fn named(path: &Path) -> Result<Config, Problems> {
    let bytes = read_named(path, MAX_FILE);
    of_bytes(path, bytes)
}

/// Reads a configuration beside the inputs, which must be in their repository.
pub fn discovered(path: &Path) -> Result<Config, Problems> {
    let bytes = read_inside(&Root::of(path), path, MAX_FILE);
    of_bytes(path, bytes)
}

fn of_bytes(path: &Path, bytes: Result<Vec<u8>, Refused>) -> Result<Config, Problems> {
    let name = shown_path(path);
    let text = bytes.and_then(decoded).map_err(|refused| {
        let problem = Problem {
            message: refused.to_string(),
            help: refused.help().map(str::to_owned),
            labels: Vec::new(),
            file: Some(name.clone()),
        };
        (SourceMap::default(), vec![problem])
    })?;
    parse(&name, &text, path)
}

/// Reads the text of a configuration; `path` is where its paths start.
pub fn parse(name: &str, text: &str, path: &Path) -> Result<Config, Problems> {
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut config = of_text(name, text, directory)?;
    config.file = Some(path.to_path_buf());
    Ok(config)
}

fn of_text(name: &str, text: &str, directory: &Path) -> Result<Config, Problems> {
    let mut sources = SourceMap::default();
    let mut reader = Reader {
        problems: Vec::new(),
    };
    let node = tree::parse(SourceId(0), text).map_err(|TomlError { message, origin }| {
        let (sources, problem) = broken(name, text, (&message, None, origin));
        (sources, vec![problem])
    })?;
    sources.add(name, shown(text, &Understood::Configuration(&node)));
    let mut config = reader.config(&node);
    if !reader.problems.is_empty() {
        return Err((sources, reader.problems));
    }
    config.sources = sources;
    directory.clone_into(&mut config.directory);
    config.baseline = config.baseline.map(|file| directory.join(file));
    Ok(config)
}

pub(super) struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn config(&mut self, node: &Node) -> Config {
        self.known(node, "the configuration", &TOP);
        let mut config = Config {
            fail_on: node
                .get("fail-on")
                .map(|node| self.fail_on(node))
                .unwrap_or_default(),
            threshold: node
                .get("severity-threshold")
                .and_then(|node| self.severity(node)),
            max_warnings: node.get("max-warnings").and_then(|node| self.number(node)),
            require_reason: node
                .get("require-reason")
                .and_then(|node| self.boolean(node))
                .unwrap_or(true),
            baseline: node
                .get("baseline")
                .and_then(|node| self.text(node))
                .map(|text| text.value.into()),
            ..Config::default()
        };
        if let Some(rules) = node.get("rules") {
            self.known(rules, "`rules`", &RULES);
            config.selection.select = self.selectors(rules, "select");
            config.selection.extend = self.selectors(rules, "extend-select");
            config.selection.ignore = self.selectors(rules, "ignore");
            config.levels = self.levels(rules);
            if let Some(options) = rules.get("options") {
                config.settings = self.settings(options);
            }
        }
        for item in self.tables(node, "overrides") {
            self.known(item, "an override", &OVERRIDE);
            let Some(paths) = item.get("paths") else {
                self.problem(
                    "`[[overrides]]` needs `paths`",
                    Some("paths = [\"legacy/**\"]"),
                    item.origin,
                );
                continue;
            };
            let paths = self.globs(paths, true);
            config.overrides.push(Override {
                paths,
                ignore: self.selectors(item, "ignore"),
                levels: self.levels(item),
                terms: self.terms(item),
            });
        }
        for item in self.tables(node, "suppress") {
            self.known(item, "an exception", &SUPPRESS);
            let mut codes = self.selectors(item, "codes");
            codes.extend(self.selectors(item, "code"));
            if codes.is_empty() {
                self.problem(
                    "`[[suppress]]` needs a `code`",
                    Some("code = \"TAG119\""),
                    item.origin,
                );
            }
            let object = item.get("object").map(|node| self.globs(node, false));
            let paths = item.get("paths").map(|node| self.globs(node, true));
            if object.is_none() && paths.is_none() {
                let help = "to turn a rule off, add it to `ignore` under `[rules]`";
                self.problem(
                    "`[[suppress]]` needs an `object` or `paths`",
                    Some(help),
                    item.origin,
                );
            }
            config.suppress.push(Suppress {
                codes,
                object,
                paths,
                terms: self.terms(item),
            });
        }
        config
    }

    pub(super) fn problem(
        &mut self,
        message: impl Into<String>,
        help: Option<&str>,
        origin: Origin,
    ) {
        self.problems.push(Problem {
            message: message.into(),
            help: help.map(str::to_owned),
            labels: vec![(origin, String::new())],
            file: None,
        });
    }

    fn known(&mut self, node: &Node, what: &str, keys: &[&str]) {
        let Some(members) = node.as_map() else {
            self.problem(
                format!("{what} must be a table, not {}", node.kind()),
                None,
                node.origin,
            );
            return;
        };
        for (key, _) in members {
            let name = key.as_str().unwrap_or("");
            if keys.contains(&name) {
                continue;
            }
            let near = nearest(name, keys.iter().copied());
            let help = near.map_or_else(
                || format!("keys of {what}: {}", keys.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.problem(
                format!("{what} has no key `{name}`"),
                Some(&help),
                key.origin,
            );
        }
    }

    fn tables<'n>(&mut self, node: &'n Node, name: &str) -> &'n [Node] {
        let Some(node) = node.get(name) else {
            return &[];
        };
        match &node.value {
            Value::List(items) => items,
            _ => {
                let help = format!("write [[{name}]]");
                self.problem(
                    format!("`{name}` must be a list of tables"),
                    Some(&help),
                    node.origin,
                );
                &[]
            }
        }
    }

    pub(super) fn text(&mut self, node: &Node) -> Option<Spanned<String>> {
        match node.as_str() {
            Some(text) => Some(Spanned::new(text.to_owned(), node.origin)),
            None => {
                self.problem(
                    format!("expected a string, found {}", node.kind()),
                    None,
                    node.origin,
                );
                None
            }
        }
    }

    pub(super) fn texts(&mut self, node: &Node) -> Vec<Spanned<String>> {
        let items = node.as_list().unwrap_or(std::slice::from_ref(node));
        items.iter().filter_map(|item| self.text(item)).collect()
    }

    fn number(&mut self, node: &Node) -> Option<usize> {
        let number = match &node.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.problem(
                "expected a number of findings",
                Some("max-warnings = 10"),
                node.origin,
            );
        }
        number
    }

    fn boolean(&mut self, node: &Node) -> Option<bool> {
        if let Value::Bool(value) = node.value {
            return Some(value);
        }
        self.problem(
            format!("expected `true` or `false`, found {}", node.kind()),
            None,
            node.origin,
        );
        None
    }

    fn severity(&mut self, node: &Node) -> Option<rulebook::Severity> {
        let text = self.text(node)?;
        let severity = rulebook::severity(&text.value);
        if severity.is_none() {
            let help = format!("use {SEVERITIES}");
            self.problem(
                format!("`{}` is not a severity", text.value),
                Some(&help),
                text.origin,
            );
        }
        severity
    }

    /// A severity, `undecided`, or a list of both.
    fn fail_on(&mut self, node: &Node) -> Vec<FailOn> {
        let words = self.texts(node).into_iter();
        let gates = words.filter_map(|text| {
            let gate = FailOn::parse(&text.value);
            if gate.is_none() {
                let help = format!("use {}", FailOn::WORDS);
                let message = format!("`{}` is not a severity", text.value);
                self.problem(message, Some(&help), text.origin);
            }
            gate
        });
        gates.collect()
    }

    /// Selectors. The run reports a selector that matches no rule (CFG104), because rules can disappear.
    fn selectors(&mut self, node: &Node, name: &str) -> Vec<Selector> {
        let Some(node) = node.get(name) else {
            return Vec::new();
        };
        self.texts(node)
            .into_iter()
            .map(|text| Selector { text })
            .collect()
    }

    fn levels(&mut self, node: &Node) -> Vec<(Selector, Spanned<Level>)> {
        let Some(node) = node.get("severity") else {
            return Vec::new();
        };
        let Some(members) = node.as_map() else {
            self.problem(
                "`severity` must be a table",
                Some("TAG119 = \"critical\""),
                node.origin,
            );
            return Vec::new();
        };
        let mut levels = Vec::new();
        for (key, value) in members {
            let Some(word) = self.text(value) else {
                continue;
            };
            let level = match word.value.as_str() {
                "allow" => Some(Level::Allow),
                "forbid" => Some(Level::Forbid),
                word => rulebook::severity(word).map(Level::Severity),
            };
            let Some(level) = level else {
                let help = format!("use allow, {SEVERITIES}, or forbid");
                self.problem(
                    format!("`{}` is not a level", word.value),
                    Some(&help),
                    word.origin,
                );
                continue;
            };
            let text = Spanned::new(key.as_str().unwrap_or("").to_owned(), key.origin);
            levels.push((Selector { text }, Spanned::new(level, word.origin)));
        }
        levels
    }

    /// Patterns; in patterns of paths `*` does not match `/`.
    fn globs(&mut self, node: &Node, paths: bool) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for text in self.texts(node) {
            match GlobBuilder::new(&text.value)
                .literal_separator(paths)
                .build()
            {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => {
                    let message = format!("`{}` is not a pattern: {}", text.value, error.kind());
                    self.problem(message, None, text.origin);
                }
            }
        }
        set.build().unwrap_or_default()
    }

    fn terms(&mut self, node: &Node) -> Terms {
        let reason = node.get("reason").and_then(|node| self.text(node));
        let until = node
            .get("until")
            .and_then(|node| self.text(node))
            .and_then(|text| {
                let date = text.value.parse().ok();
                if date.is_none() {
                    let help = Some("write a date: until = 2026-12-31");
                    self.problem(format!("`{}` is not a date", text.value), help, text.origin);
                }
                Some(Spanned::new(date?, text.origin))
            });
        let origin = node.as_map().and_then(|members| members.first());
        Terms {
            reason: reason
                .map(|reason| reason.value)
                .filter(|reason| !reason.trim().is_empty()),
            until,
            origin: origin.map_or(node.origin, |(key, value)| key.origin.to(value.origin)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        match of_text("ascp-policy.toml", text, Path::new("")) {
            Ok(_) => Vec::new(),
            Err((sources, problems)) => problems
                .into_iter()
                .map(|problem| {
                    let place = problem.labels.first().map(|(origin, _)| *origin);
                    let line = place.and_then(|place| sources.position(place));
                    format!(
                        "{}: {} | {}",
                        line.map_or(0, |at| at.line),
                        problem.message,
                        problem.help.unwrap_or_default()
                    )
                })
                .collect(),
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, wanted) in [
            (
                "fail_on = \"high\"",
                "1: the configuration has no key `fail_on` | did you mean `fail-on`?",
            ),
            (
                "\nfail-on = \"hihg\"",
                "2: `hihg` is not a severity | use critical, high, medium, low, info or undecided",
            ),
            (
                "max-warnings = -1",
                "1: expected a number of findings | max-warnings = 10",
            ),
            (
                "[rules]\nselekt = []",
                "2: `rules` has no key `selekt` | did you mean `select`?",
            ),
            (
                "[rules.severity]\nTAG101 = \"deny\"",
                "2: `deny` is not a level | use allow, info, low, medium, high or critical, or forbid",
            ),
            (
                "[rules.options.TAG11]\nx = 1",
                "1: `TAG11` is not a rule with options | did you mean `TAG101`?",
            ),
            (
                "[rules.options.TAG102]\nx = 1",
                "1: `TAG102` is not a rule with options | `ascp-policy rules explain CODE` lists the options of a rule",
            ),
            (
                "[rules.options.TAG101]\nmax-distanze = 1",
                "2: `TAG101` has no option `max-distanze` | did you mean `max-distance`?",
            ),
            (
                "[rules.options.TAG101]\nmax-distance = \"3\"",
                "2: `max-distance` must be a number from 0 to 10 | max-distance = 3",
            ),
            (
                "[rules.options.misspelt-session-tag]\nmax-distance = 11",
                "2: `max-distance` must be a number from 0 to 10 | max-distance = 3",
            ),
            (
                "[rules.options.ESC]\ntrusted-admins = [1]",
                "2: `trusted-admins` must be a list of patterns | trusted-admins = [\"shop:deploy-*\"]",
            ),
            (
                "[rules.options.SPC114]\nworld-readable = \"yes\"",
                "2: `world-readable` must be true or false | world-readable = false",
            ),
            (
                "[rules]\noptions = 1",
                "2: `options` must contain one table per rule | [rules.options.TAG101]",
            ),
            (
                "[[overrides]]\nignore = [\"TAG\"]",
                "1: `[[overrides]]` needs `paths` | paths = [\"legacy/**\"]",
            ),
            (
                "[[overrides]]\npaths = [\"a[\"]",
                "2: `a[` is not a pattern: unclosed character class; missing ']' | ",
            ),
            (
                "[[suppress]]\nobject = \"x\"",
                "1: `[[suppress]]` needs a `code` | code = \"TAG119\"",
            ),
            (
                "[[suppress]]\ncode = \"TAG101\"",
                "1: `[[suppress]]` needs an `object` or `paths` | to turn a rule off, add it to `ignore` under `[rules]`",
            ),
            (
                "[[suppress]]\ncode = \"TAG101\"\nobject = \"x\"\nuntil = \"soon\"",
                "4: `soon` is not a date | write a date: until = 2026-12-31",
            ),
            (
                "[suppress]\ncode = \"X\"",
                "1: `suppress` must be a list of tables | write [[suppress]]",
            ),
        ] {
            assert_eq!(problems(text), [wanted], "{text}");
        }
        assert!(
            problems("fail-on = \n")[0].starts_with("0: `ascp-policy.toml:1:11`: not valid TOML")
        );
    }

    #[test]
    fn a_date_may_be_written_as_a_date() {
        let text =
            "[[suppress]]\ncode = \"TAG101\"\nobject = \"x\"\nreason = \"r\"\nuntil = 2026-12-31\n";
        let config = parse("x", text, Path::new("")).unwrap();
        let until = config.suppress[0].terms.until.as_ref().unwrap();
        assert_eq!(until.value, jiff::civil::date(2026, 12, 31));
    }
}
