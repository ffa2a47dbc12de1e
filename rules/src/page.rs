//! The page of a rule: printed as Markdown, and taken apart into the examples that are run.

use crate::rule::Rule;

/// The headings that a page can have, in their order; the text before the first heading describes what the rule reports.
pub const HEADINGS: [&str; 6] = [
    "Why it matters",
    "Flagged",
    "Accepted",
    "Fix",
    "When to allow it",
    "References",
];

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading; empty for the first part.
    pub heading: String,
    /// Its text, fences included.
    pub text: String,
}

/// A fenced example of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether it is below *Flagged*.
    pub flagged: bool,
    /// The words after the fence, without the language: the type of a policy, and codes of other findings.
    pub words: Vec<String>,
    /// `json`, `yaml` or `diff`.
    pub language: String,
    /// The text.
    pub text: String,
}

impl Example {
    /// The codes of other rules that can report it: `also=REQ101`.
    pub fn also(&self) -> impl Iterator<Item = &str> {
        let listed = self
            .words
            .iter()
            .filter_map(|word| word.strip_prefix("also="));
        listed.flat_map(|codes| codes.split('+'))
    }
}

/// The parts of a rule's page.
pub fn sections(rule: &Rule) -> Vec<Section> {
    let mut sections = vec![Section {
        heading: String::new(),
        text: String::new(),
    }];
    let mut fenced = false;
    for line in rule.page.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        fenced ^= line.starts_with("```");
        match line.strip_prefix("# ").filter(|_| !fenced) {
            Some(heading) => sections.push(Section {
                heading: heading.to_owned(),
                text: String::new(),
            }),
            None => {
                if let Some(section) = sections.last_mut() {
                    section.text.push_str(line);
                    section.text.push('\n');
                }
            }
        }
    }
    for section in &mut sections {
        section.text = section.text.trim().to_owned();
    }
    sections
}

/// The examples of a rule's page.
pub fn examples(rule: &Rule) -> Vec<Example> {
    let mut examples = Vec::new();
    for section in sections(rule) {
        let mut open: Option<Example> = None;
        for line in section.text.lines() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(info), None) => {
                    let mut words = info.split(' ').map(str::to_owned);
                    open = Some(Example {
                        flagged: section.heading == "Flagged",
                        language: words.next().unwrap_or_default(),
                        words: words.collect(),
                        text: String::new(),
                    });
                }
                (Some(_), Some(_)) => examples.extend(open.take()),
                (None, Some(example)) => {
                    example.text.push_str(line);
                    example.text.push('\n');
                }
                (None, None) => {}
            }
        }
    }
    examples
}

/// The whole page as Markdown.
pub fn markdown(rule: &Rule) -> String {
    let needs: Vec<_> = rule.needs.iter().map(|need| need.word()).collect();
    let needs = match needs.as_slice() {
        [] => String::new(),
        needs => format!(" · needs {}", needs.join(", ")),
    };
    let fix = rule.fix.map_or("none", |grade| grade.word());
    let mut page = format!(
        "# {} `{}`\n\n*{}* · {} · confidence {} · fix: {fix}{needs}\n",
        rule.code,
        rule.name,
        rule.severity.word(),
        rule.class.word(),
        rule.confidence.word(),
    );
    if !rule.aws.is_empty() {
        let codes: Vec<_> = rule.aws.iter().map(|code| format!("`{code}`")).collect();
        page.push_str(&format!(
            "\nIAM Access Analyzer calls it {}.\n",
            codes.join(", ")
        ));
    }
    if rule.is_off {
        page.push_str(&format!(
            "\nIt is off, unless it is selected by its code, its name or AWS's code: `--extend-select {}`.\n",
            rule.code
        ));
    }
    let mut options = options(rule);
    let sections = sections(rule);
    for Section { heading, text } in sections {
        let heading = if heading.is_empty() {
            "What it flags"
        } else {
            heading.as_str()
        };
        if ["When to allow it", "References"].contains(&heading) {
            page.push_str(&std::mem::take(&mut options));
        }
        page.push_str(&format!("\n## {heading}\n\n{text}\n"));
    }
    page + &options
}

/// The options of a rule as a part of its page; empty without options.
fn options(rule: &Rule) -> String {
    if rule.options.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n## Options\n\nSet under `[rules.options.{}]` of ascp-policy.toml.\n\n| option | takes | default | meaning |\n|---|---|---|---|\n",
        rule.code
    );
    for option in rule.options {
        let (kind, default) = (option.kind(), &option.default);
        text.push_str(&format!(
            "| `{}` | {kind} | `{default}` | {} |\n",
            option.name, option.meaning
        ));
    }
    text
}

/// The index of all pages as Markdown.
pub fn index(rules: &[&Rule]) -> String {
    let mut text = String::from(
        "# Rules\n\nPrinted from the doc comments in `rules/src/family`; `UPDATE=1 cargo test -p ascp-policy-rules` prints them anew.\n",
    );
    let mut family = "";
    for rule in rules {
        if rule.family() != family {
            family = rule.family();
            text.push_str(&format!(
                "\n## {family}: {}\n\n| code | name | severity | class | fix |\n|---|---|---|---|---|\n",
                crate::registry::theme(rule)
            ));
        }
        text.push_str(&format!(
            "| [{code}]({code}-{name}.md) | `{name}` | {severity} | {class} | {fix} |\n",
            code = rule.code,
            name = rule.name,
            severity = rule.severity.word(),
            class = rule.class.word(),
            fix = rule.fix.map_or("none", |grade| grade.word()),
        ));
    }
    text
}
