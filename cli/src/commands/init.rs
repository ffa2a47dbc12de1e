//! `init`: a commented `ascp-policy.toml`, made from what is found.

use super::{
    Trouble,
    check::{Analysis, analyse},
    print,
};
use crate::{
    args::{Common, Init, Judging},
    config::{Config, FILE},
    exit::Exit,
    render::line,
    report::{Report, count},
};
use loader::{Overlay, shown_path};
use std::io::Write;

const HEAD: &str = "# How `ascp-policy check` judges; every key is optional, and these are the defaults.

# From which severity on a finding fails the run: critical, high, medium, low, info.
# fail-on = \"high\"
# Nothing below this severity is reported.
# severity-threshold = \"info\"
# How many findings below `fail-on` are too many.
# max-warnings = 0
# Every exception says why.
# require-reason = true
# Findings that are known: `ascp-policy baseline create`.
# baseline = \"ascp-policy-baseline.json\"

[rules]
# Families (TAG), prefixes (TAG1), codes (TAG101), names, or codes of IAM Access Analyzer; `ascp-policy rules` lists them.
# select = [\"ALL\"]
# ignore = [\"RED\"]

# [rules.severity]     # allow, info, low, medium, high, critical; forbid: nobody may silence it beside the code
# TAG119 = \"critical\"

# [[overrides]]
# paths = [\"legacy/**\"]
# ignore = [\"TAG119\"]
# reason = \"moves to tags of its own cluster\"
# until = 2030-12-31
";

/// Writes the file; one that exists stays as it is.
pub fn run(arguments: &Init, common: &Common) -> Result<Exit, Trouble> {
    let file = arguments.directory.join(FILE);
    let shown = shown_path(&file);
    let paths = vec![arguments.directory.clone()];
    let judging = Judging::default();
    let config = Config::default();
    let analysis = Analysis {
        catalog: None,
        paths: &paths,
        judging: &judging,
        baseline: None,
        config: &config,
        before: None,
        common,
    };
    // A directory in which nothing is found yet gets a file all the same.
    let report = analyse(&analysis, &Overlay::default()).ok();
    let text = format!(
        "{HEAD}{}",
        report.as_ref().map(exceptions).unwrap_or_default()
    );
    let mut open = std::fs::OpenOptions::new();
    let written = open
        .write(true)
        .create_new(true)
        .open(&file)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        let title = match error.kind() {
            std::io::ErrorKind::AlreadyExists => format!("{shown} exists"),
            _ => format!("{shown}: cannot be written: {error}"),
        };
        return Err(Trouble::new(title, None));
    }
    let mut told = format!("wrote {}\n", line(&shown));
    if let Some(report) = &report {
        let found = report.active().count();
        told.push_str(&format!("{} now; ", count(found, "finding")));
        told.push_str(if found == 0 {
            "nothing to silence\n"
        } else {
            "`ascp-policy baseline create` writes them down as known\n"
        });
    }
    print(&told)?;
    Ok(Exit::Yes)
}

/// An exception, commented out, for each finding that is there.
fn exceptions(report: &Report) -> String {
    let mut text = String::new();
    let mut seen = Vec::new();
    for issue in report.active() {
        let key = (issue.rule.code, issue.object.as_str());
        if seen.contains(&key) || seen.len() >= 20 {
            continue;
        }
        seen.push(key);
        if seen.len() == 1 {
            text.push_str(
                "\n# What is found now; an exception needs a reason, and may have an end.\n",
            );
        }
        text.push_str(&format!(
            "# [[suppress]]\n# code = \"{}\"   # {}\n# object = {}\n# reason = \"\"\n",
            issue.rule.code,
            issue.rule.name,
            serde_json::to_string(&line(&issue.object)).unwrap_or_default()
        ));
    }
    text
}
