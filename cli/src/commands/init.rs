//! `init`: writes a commented `ascp-policy.toml` with an exception per present finding.

use super::{
    Trouble,
    check::{Analysis, analyse},
    print,
};
use crate::{
    args::{Common, Init, Judging},
    config::{Config, FILE},
    exit::Exit,
    output,
    render::line,
    report::{Report, count},
};
use loader::{Overlay, shown_path};

const HEAD: &str = "# Settings of `ascp-policy check`. Every key is optional.

# Exit with 1 if a finding has at least this severity: critical, high, medium, low, info. `undecided` in a list: exit with 3 if
# a mount is undecided or an input of this job was not read.
# fail-on = \"high\"
# Do not report findings below this severity.
# severity-threshold = \"info\"
# Exit with 1 if more than this number of findings are below `fail-on`.
# max-warnings = 0
# Report exceptions without a reason (CFG102).
# require-reason = true
# File of accepted findings; `ascp-policy baseline create` writes it.
# baseline = \"ascp-policy-baseline.json\"

[rules]
# Families (TAG), prefixes (TAG1), codes (TAG101), names, or codes of IAM Access Analyzer; `ascp-policy rules` lists them.
# select = [\"ALL\"]
# ignore = [\"RED\"]

# [rules.severity]     # allow (not reported), info, low, medium, high, critical; forbid: only this file can accept it
# TAG119 = \"critical\"

# [[overrides]]
# paths = [\"legacy/**\"]
# ignore = [\"TAG119\"]
# reason = \"moves to tags of its own cluster\"
# until = 2030-12-31
";

/// Writes the file, unless it exists.
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
    // A directory without inputs gets a file as well.
    let report = analyse(&analysis, &Overlay::default()).ok();
    let text = format!(
        "{HEAD}{}",
        report.as_ref().map(exceptions).unwrap_or_default()
    );
    if let Err(error) = output::create_new(&file, &text) {
        let title = match error.kind() {
            std::io::ErrorKind::AlreadyExists => format!("{shown} already exists"),
            _ => format!("{shown}: cannot be written: {error}"),
        };
        return Err(Trouble::new(title, None));
    }
    let mut text = format!("wrote {}\n", line(&shown));
    if let Some(report) = &report {
        let findings = report.active().count();
        text.push_str(&format!("{} now; ", count(findings, "finding")));
        text.push_str(if findings == 0 {
            "no exception is needed\n"
        } else {
            "`ascp-policy baseline create` accepts them\n"
        });
    }
    print(&text)?;
    Ok(Exit::Yes)
}

/// An exception, commented out, for each present finding.
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
                "\n# The present findings. An exception needs a reason and can have an end date (until).\n",
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
