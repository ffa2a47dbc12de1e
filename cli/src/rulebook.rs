//! All rules that `check` can report: those of the `rules` crate and those about the configuration itself.

use rules::{page, registry, rule::Rule};
use std::sync::OnceLock;

pub use rules::rule::{Class, Severity};

/// The description of a rule.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// `TAG101`
    pub code: &'static str,
    /// `misspelt-session-tag`
    pub name: &'static str,
    /// The default severity; a finding or the configuration can change it.
    pub severity: Severity,
    /// The class: break, leak, fragile or style.
    pub class: Class,
    /// AWS's codes for the same.
    pub aws: &'static [&'static str],
    /// Whether it runs only if its code, its name or AWS's code selects it.
    pub is_off: bool,
    /// The source of its page.
    source: PageSource,
}

#[derive(Clone, Copy, Debug)]
enum PageSource {
    Rule(&'static Rule),
    Text(&'static str),
}

const fn own(
    code: &'static str,
    name: &'static str,
    severity: Severity,
    page: &'static str,
) -> RuleInfo {
    RuleInfo {
        code,
        name,
        severity,
        class: Class::Fragile,
        aws: &[],
        is_off: false,
        source: PageSource::Text(page),
    }
}

/// The rules about exceptions, the configuration and the baseline.
pub const CONFIGURATION: [RuleInfo; 7] = [
    own(
        "CFG101",
        "unused-suppression",
        Severity::Low,
        "## What it flags\n\nAn exception that matches no finding: the finding was repaired, or the exception never matched.\n\n\
         ## Why it matters\n\nThe exception would hide the next finding of this kind, and nobody has reviewed that finding.\n\n\
         ## Fix\n\nRemove the exception.\n\n\
         ## When to allow it\n\nThe rule reports nothing for rules that did not run, and nothing if the run covers only a part of the files.\n",
    ),
    own(
        "CFG102",
        "suppression-without-reason",
        Severity::Medium,
        "## What it flags\n\nAn exception without a reason, or with the reason `TODO`.\n\n\
         ## Why it matters\n\nWithout a reason nobody can decide later whether the exception is still right.\n\n\
         ## Fix\n\nWrite the reason after the code: `# ascp-policy: ignore[TAG119] one cluster for all`.\n\n\
         ## When to allow it\n\n`require-reason = false` in ascp-policy.toml turns the rule off.\n",
    ),
    own(
        "CFG103",
        "suppression-expired",
        Severity::High,
        "## What it flags\n\nAn exception whose `until` date has passed. It no longer accepts the finding.\n\n\
         ## Why it matters\n\nThe owner of the exception planned to repair the finding by that date.\n\n\
         ## Fix\n\nRepair the finding and remove the exception, or set a later date.\n",
    ),
    own(
        "CFG104",
        "unknown-code",
        Severity::Medium,
        "## What it flags\n\nA code or name in the configuration or in an exception that matches no rule.\n\n\
         ## Why it matters\n\nThe line has no effect.\n\n\
         ## Fix\n\nCorrect the code; `ascp-policy rules` lists all codes and names.\n",
    ),
    own(
        "CFG105",
        "baseline-stale",
        Severity::Info,
        "## What it flags\n\nEntries of the baseline that match no finding.\n\n\
         ## Why it matters\n\nIf the same mistake comes back, the entry hides it.\n\n\
         ## Fix\n\nRun `ascp-policy baseline prune`.\n",
    ),
    own(
        "CFG107",
        "suppression-too-broad",
        Severity::Low,
        "## What it flags\n\nOne exception that accepts a critical leak through a family of codes or for a directory, or several critical leaks of a file.\n\n\
         ## Why it matters\n\nIt also hides the next critical leak there.\n\n\
         ## Fix\n\nName the code and the object.\n",
    ),
    own(
        "CFG108",
        "changed-judgement",
        Severity::Medium,
        "## What it flags\n\nWith `--config-from REV`: a configuration, a baseline, an exception, a promise or a fact of a world file that differs from that commit. \
         The run uses the state of the commit, but for facts. If the world file with the promises is gone, nothing tests them, and the severity is `high`.\n\n\
         ## Why it matters\n\nA pull request could switch off the check that judges it.\n\n\
         ## Fix\n\nReview the change as code. It takes effect once it is merged.\n\n\
         ## When to allow it\n\nNever for changes of strangers; the finding fails no run by default.\n",
    ),
];

/// Errors of readers: they end the run and are no findings. The pages serve readers who look up AWS's code.
pub const READING: [RuleInfo; 2] = [
    own(
        "CFG106",
        "unknown-setting",
        Severity::High,
        "## What it flags\n\nA key in ascp-policy.toml that is no setting, or a value that the setting does not accept. The run ends with exit code 2; the message names the \
         place and the nearest setting.\n\n\
         ## Why it matters\n\nThe line has no effect, although somebody relies on it.\n\n\
         ## Fix\n\nCorrect the line; `ascp-policy init` writes a file with all settings.\n",
    ),
    RuleInfo {
        class: Class::Break,
        aws: &["JSON_SYNTAX_ERROR"],
        ..own(
            "GRM105",
            "json-syntax",
            Severity::High,
            "## What it flags\n\nA document that is not valid JSON, for example with a comma after the last member, an unclosed quotation mark or a comment.\n\n\
         ## Why it matters\n\n`check` can report nothing about a text that it cannot parse, and AWS does not accept it. A file that is named on the command line \
         or included by a world file ends the run with exit code 2 and the line and column. BND107 reports a policy that is a string in a plan or in an \
         answer of AWS. A file that `check` finds in a directory is skipped with a note, because it may not be a policy.\n\n\
         ## Fix\n\nRepair the text at the line and column of the message.\n",
        )
    },
];

/// Every rule, sorted by code.
pub fn all() -> &'static [RuleInfo] {
    static ALL: OnceLock<Vec<RuleInfo>> = OnceLock::new();
    ALL.get_or_init(|| {
        let others = registry::rules().iter().map(|rule| RuleInfo::of(rule));
        let mut rules: Vec<_> = others.chain(CONFIGURATION).chain(READING).collect();
        rules.sort_by_key(|rule| rule.code);
        rules
    })
}

/// The rule of a code, a name or a code of AWS.
pub fn find(text: &str) -> Option<RuleInfo> {
    let rules = all();
    match rules.binary_search_by_key(&text, |rule| rule.code) {
        Ok(at) => rules.get(at).copied(),
        Err(_) => rules.iter().find(|rule| rule.is(text)).copied(),
    }
}

impl RuleInfo {
    /// Whether a text is the code, the name or an AWS code of this rule, ignoring case.
    pub fn is(&self, text: &str) -> bool {
        let same = |own: &str| own.eq_ignore_ascii_case(text);
        same(self.code) || same(self.name) || self.aws.iter().any(|own| same(own))
    }

    /// A rule of the `rules` crate.
    pub fn of(rule: &'static Rule) -> Self {
        Self {
            code: rule.code,
            name: rule.name,
            severity: rule.severity,
            class: rule.class,
            aws: rule.aws,
            is_off: rule.is_off,
            source: PageSource::Rule(rule),
        }
    }

    /// Where its page is.
    pub fn url(&self) -> String {
        let repository = env!("CARGO_PKG_REPOSITORY");
        if let PageSource::Text(_) = self.source {
            return format!("{repository}/blob/main/docs/guide/configuration.md");
        }
        format!(
            "{repository}/blob/main/docs/rules/{}-{}.md",
            self.code, self.name
        )
    }

    /// Its page as Markdown, the title included.
    pub fn page(&self) -> String {
        match self.source {
            PageSource::Rule(rule) => page::markdown(rule),
            PageSource::Text(text) => format!(
                "# {} `{}`\n\n*{}* · {}\n\n{text}",
                self.code,
                self.name,
                self.severity.word(),
                self.class.word()
            ),
        }
    }

    /// The first paragraph of its page.
    pub fn summary(&self) -> String {
        let text = match self.source {
            PageSource::Rule(rule) => page::sections(rule)
                .first()
                .map(|section| section.text.clone())
                .unwrap_or_default(),
            PageSource::Text(text) => text.to_owned(),
        };
        let mut paragraphs = text.split("\n\n").map(str::trim);
        let first = paragraphs.find(|part| !part.is_empty() && !part.starts_with('#'));
        let words: Vec<_> = first.unwrap_or(self.name).split_whitespace().collect();
        words.join(" ")
    }

    /// The first sentence of its page.
    pub fn sentence(&self) -> String {
        let summary = self.summary();
        let end = summary.find(". ").map_or(summary.len(), |at| at + 1);
        summary.get(..end).unwrap_or(&summary).to_owned()
    }

    /// The grade of its fix.
    pub fn fix(&self) -> Option<&'static str> {
        match self.source {
            PageSource::Rule(rule) => rule.fix.map(rules::finding::Grade::word),
            PageSource::Text(_) => None,
        }
    }

    /// The facts that its evaluation requires.
    pub fn needs(&self) -> Vec<&'static str> {
        match self.source {
            PageSource::Rule(rule) => rule.needs.iter().map(|need| need.word()).collect(),
            PageSource::Text(_) => Vec::new(),
        }
    }

    /// How sure a finding is.
    pub fn confidence(&self) -> &'static str {
        match self.source {
            PageSource::Rule(rule) => rule.confidence.word(),
            PageSource::Text(_) => "high",
        }
    }
}

/// The severity of a word.
pub fn severity(word: &str) -> Option<Severity> {
    Severity::ALL
        .into_iter()
        .find(|severity| severity.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique() {
        let rules = all();
        assert!(rules.windows(2).all(|pair| pair[0].code < pair[1].code));
        let mut names: Vec<_> = rules.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rules.len());
        assert_eq!(find("UNUSED-suppression").unwrap().code, "CFG101");
        assert!(CONFIGURATION.iter().all(|rule| rule.summary().len() > 30));
    }
}
