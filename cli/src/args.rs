//! The grammar of the command line.

use crate::{config::Selector, rulebook::Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};
use policy_engine::uncertainty::{Uncertainties, Uncertainty};
use std::path::PathBuf;

/// Which pod may read which secret, why, and what must change?
#[derive(Debug, Parser)]
#[command(name = "ascp-policy", version, max_term_width = 100, propagate_version = true, after_help = ROOT_EXAMPLES)]
pub struct Cli {
    /// What to do; `check` when left out.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Flags that every command takes.
    #[command(flatten)]
    pub common: Common,
}

const ROOT_EXAMPLES: &str = "Exit codes: 0 yes, 1 no, 2 could not run, 3 a fact is missing.

Examples:
  ascp-policy check .
  ascp-policy simulate prod:dev/app vault:dev/db";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Findings: every mount must work, no path may be open that should not be
    #[command(after_help = "Examples:
  ascp-policy check .
  ascp-policy check k8s/ plan.json --output text --output sarif=out.sarif --fail-on medium")]
    Check(Check),
    /// Findings that are known: written down, brought up to date, or cleared of what is gone
    #[command(after_help = "Examples:
  ascp-policy baseline create
  ascp-policy baseline update --accept-new")]
    Baseline(Baseline),
    /// All rules, or the page of one
    #[command(after_help = "Examples:
  ascp-policy rules --output json
  ascp-policy rules explain TAG101")]
    Rules(Rules),
    /// The service catalog: its date, and what it counts
    #[command(
        alias = "catalogue",
        after_help = "Examples:
  ascp-policy catalog
  ascp-policy catalog --catalog newer.json --output json"
    )]
    Catalog(Catalog),
    /// A commented ascp-policy.toml, made from what is found
    #[command(after_help = "Examples:
  ascp-policy init
  ascp-policy init deploy/")]
    Init(Init),
    /// One question, every stage; or one request, or a file of requests
    #[command(
        after_help = "A pod is CLUSTER:NAMESPACE/SERVICE-ACCOUNT, or a Kubernetes reference: deploy/web -n dev.
An object is ACCOUNT:NAME, NAME, or an ARN. Exit codes: 0 allowed, 1 refused, 2 could not run, 3 unknown.

Examples:
  ascp-policy simulate prod:dev/app vault:dev/db
  ascp-policy simulate --request requests.jsonl --output jsonl"
    )]
    Simulate(Simulate),
    /// The promises of a world file
    #[command(after_help = "Examples:
  ascp-policy test
  ascp-policy test worlds/shop.yaml worlds/vault --output json")]
    Test(Test),
    /// What was read, from any source, as one world file
    #[command(after_help = "Examples:
  ascp-policy world k8s/ dumps/ > world.yaml
  ascp-policy world . --explain-merge")]
    World(World),
    /// What was read as a snapshot: JSON for the provider's `--policy-snapshot`
    #[command(after_help = "Examples:
  ascp-policy snapshot --out snapshot.json .
  ascp-policy snapshot --cluster prod --commit \"$GITHUB_SHA\" k8s/ plan.json > snapshot.json
  ascp-policy snapshot --live --cluster prod --region us-east-1 k8s/ > snapshot.json")]
    Snapshot(Snapshot),
    /// A shell script that saves what AWS tells of a cluster and its account: read-only calls, no values
    #[command(after_help = "Examples:
  ascp-policy collect --print-script > collect.sh
  AWS_REGION=us-east-1 sh collect.sh prod dumps/shop")]
    Collect {
        /// Prints it; nothing is run
        #[arg(long, required = true)]
        print_script: bool,
    },
    /// Shell completions on standard output
    #[command(after_help = "Examples:
  ascp-policy completions bash > /etc/bash_completion.d/ascp-policy
  ascp-policy completions zsh > ~/.zfunc/_ascp-policy")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Manual pages, one a command, into a directory
    #[command(after_help = "Examples:
  ascp-policy man /usr/local/share/man/man1
  ascp-policy man target/man")]
    Man {
        /// Where to write them; made when it is not there.
        directory: PathBuf,
    },
    /// The JSON Schema of the world file on standard output
    #[command(after_help = "Examples:
  ascp-policy schema > world.schema.json
  ascp-policy schema | jq .title")]
    Schema,
}

/// Arguments of `check`.
#[derive(Debug, Default, Args)]
pub struct Check {
    /// Files and directories; a directory with an ascp-policy.yaml is read as that world says
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// What is judged, and how.
    #[command(flatten)]
    pub judging: Judging,
    /// From which severity on a finding fails the run: critical, high, medium, low, info
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub fail_on: Option<Severity>,
    /// How many findings below that are too many
    #[arg(long, value_name = "N")]
    pub max_warnings: Option<usize>,
    /// The findings that are known; by default as the configuration says
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Changes files: safe (allows no more than before), repair (what visibly was meant) or unsafe (a guess)
    #[arg(long, value_name = "GRADE", num_args = 0..=1, require_equals = true, default_missing_value = "safe")]
    pub fix: Option<GradeArg>,
    /// Prints what --fix would change, and changes nothing
    #[arg(long)]
    pub diff: bool,
    /// Also findings that an exception or the baseline silences
    #[arg(long)]
    pub show_suppressed: bool,
    /// Also rules that were not evaluated, and which fact they lack
    #[arg(long)]
    pub show_skipped: bool,
    /// How many findings each rule has
    #[arg(long)]
    pub statistics: bool,
}

/// What is judged, and how.
#[derive(Debug, Default, Args)]
pub struct Judging {
    /// Only these rules: ALL, a family or prefix (TAG, TAG1), a code, a name, or a code of AWS
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = Selector::parse)]
    pub select: Vec<Selector>,
    /// These rules beside the selected ones
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = Selector::parse)]
    pub extend_select: Vec<Selector>,
    /// Not these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = Selector::parse)]
    pub ignore: Vec<Selector>,
    /// Nothing below this severity
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub severity_threshold: Option<Severity>,
    /// A configuration instead of the ascp-policy.toml that is found
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// No configuration
    #[arg(long)]
    pub no_config: bool,
    /// A service catalog instead of the embedded one; `ascp-policy catalog` tells its date
    #[arg(long, alias = "catalogue", value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// What there was before, to find access that grew (ACC103): a directory or a file as for PATH, or a snapshot
    #[arg(long, value_name = "PATH")]
    pub against: Option<PathBuf>,
}

/// How much thought a fix may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GradeArg {
    /// What is allowed stays or shrinks
    Safe,
    /// A dead grant is made to say what it visibly means
    Repair,
    /// A guess or a design choice
    Unsafe,
}

/// Arguments of `baseline`.
#[derive(Debug, Args)]
pub struct Baseline {
    /// What to do with it
    #[arg(value_enum)]
    pub action: BaselineAction,
    /// Files and directories, as for check
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// What is judged, and how.
    #[command(flatten)]
    pub judging: Judging,
    /// The file; by default as the configuration says, else ascp-policy-baseline.json
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// With update: new findings come in, too
    #[arg(long)]
    pub accept_new: bool,
}

/// What to do with a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BaselineAction {
    /// Writes all findings down
    Create,
    /// Takes out what is gone; with --accept-new also takes in what is new
    Update,
    /// Takes out what is gone
    Prune,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// What to tell about them.
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
}

/// What to tell about rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// The page of a rule: what it flags, why, examples, the fix
    #[command(after_help = "Examples:
  ascp-policy rules explain TAG101
  ascp-policy rules explain misspelt-session-tag")]
    Explain {
        /// Its code, its name, or a code of AWS
        #[arg(value_name = "CODE|NAME")]
        rule: String,
    },
}

/// Arguments of `catalog`.
#[derive(Debug, Args)]
pub struct Catalog {
    /// A service catalog instead of the embedded one
    #[arg(long, alias = "catalogue", value_name = "FILE")]
    pub catalog: Option<PathBuf>,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Where the file goes, and what is looked at
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    pub directory: PathBuf,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// The pod: cluster:namespace/service-account
    #[arg(value_name = "POD", requires = "object", conflicts_with_all = ["principal", "request"])]
    pub pod: Option<String>,
    /// The object: account:name
    #[arg(value_name = "OBJECT")]
    pub object: Option<String>,
    /// What is asked: read, rotate or service:Action
    #[arg(long, default_value = "read", value_name = "ASK")]
    pub ask: String,
    /// How the pod gets its credentials; by default as its class says
    #[arg(long, value_enum)]
    pub via: Option<ViaArg>,
    /// The namespace of a Kubernetes reference
    #[arg(short, long, value_name = "NAMESPACE", requires = "pod")]
    pub namespace: Option<String>,
    /// Instead of a pod: an ARN, or a service such as pods.eks.amazonaws.com
    #[arg(long, value_name = "ARN", requires_all = ["action", "resource"])]
    pub principal: Option<String>,
    /// The action of the request
    #[arg(long, value_name = "SERVICE:ACTION", requires = "principal")]
    pub action: Option<String>,
    /// The resource of the request
    #[arg(long, value_name = "ARN", requires = "principal")]
    pub resource: Option<String>,
    /// A condition key of the request; the same as --given
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub context: Vec<(String, String)>,
    /// A file of requests with their policies: a JSON object, an array, or JSON Lines; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "principal")]
    pub request: Option<PathBuf>,
    /// Where the facts are
    #[arg(long = "path", value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
}

/// How a pod gets its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ViaArg {
    /// EKS Pod Identity
    PodIdentity,
    /// IAM roles for service accounts
    Irsa,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct Test {
    /// World files, or directories with an ascp-policy.yaml
    #[arg(value_name = "WORLD", default_value = ".")]
    pub worlds: Vec<PathBuf>,
}

/// Arguments of `world`.
#[derive(Debug, Args)]
pub struct World {
    /// Files and directories
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Where sources disagreed, and which one won
    #[arg(long)]
    pub explain_merge: bool,
}

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub struct Snapshot {
    /// Files and directories, as for check, by default the working directory; --cluster keeps the pods of one cluster and what they name
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Reads the AWS account of the SDK's credentials as well, in the region of --region or of the SDK: metadata, no values.
    /// Without a PATH no file is read. Needs a program with the feature `live`
    #[arg(long)]
    pub live: bool,
    /// The profile of the SDK's configuration that --live takes
    #[arg(long, value_name = "NAME", requires = "live")]
    pub profile: Option<String>,
    /// Where it goes, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The commit that it was built from; by default what .git in a PATH says
    #[arg(long, value_name = "ID")]
    pub commit: Option<String>,
}

/// Flags that every command takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// A world file instead of the one found
    #[arg(long, global = true, value_name = "FILE")]
    pub world: Option<PathBuf>,
    /// Names an account
    #[arg(long, global = true, value_name = "NAME=ID", value_parser = key_value)]
    pub account: Vec<(String, String)>,
    /// The region of what does not say its own
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// The cluster that manifests belong to
    #[arg(long, global = true, value_name = "NAME")]
    pub cluster: Option<String>,
    /// Request context; beats the world's
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    pub given: Vec<(String, String)>,
    /// What to make of AWS behaviour that could not be established
    #[arg(long, global = true, value_enum, default_value = "default")]
    pub uncertain: Uncertain,
    /// Takes the other branch of an uncertainty: U-14=other
    #[arg(long, global = true, value_name = "U-N=other", value_parser = assumption)]
    pub assume: Vec<(Uncertainty, bool)>,
    /// The form of the answer: text, json, jsonl; of check also concise, sarif, github, gitlab, junit, checkstyle, markdown; with =FILE into a file; repeatable
    #[arg(long, global = true, value_name = "FORMAT[=FILE]", value_parser = output)]
    pub output: Vec<Output>,
    /// Colours
    #[arg(long, global = true, value_enum, default_value = "auto")]
    pub color: Color,
    /// No characters beyond ASCII in frames and marks
    #[arg(long, global = true)]
    pub ascii: bool,
    /// The width of text
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
    /// Only answers
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Also what was read and skipped, and the notes on it
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Turns the exit codes 1 and 3 into 0
    #[arg(long, global = true)]
    pub exit_zero: bool,
}

/// What to make of uncertainties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Uncertain {
    /// Take the documented default, and name it where the other branch would change the answer
    #[default]
    Default,
    /// Answer unknown where the branches differ
    Report,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On terminals, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A form of the answer and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The form.
    pub format: Form,
    /// The file; standard output when there is none.
    pub file: Option<PathBuf>,
}

/// The forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One that every command has.
    Common(Format),
    /// One that only `check` has.
    Report(ReportFormat),
}

/// The forms that every command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// One JSON value a line.
    Jsonl,
}

/// The forms in which `check` reports to other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// One line a finding.
    Concise,
    /// For code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// Code quality of GitLab.
    Gitlab,
    /// Test reports.
    Junit,
    /// Checkstyle reports.
    Checkstyle,
    /// For comments and summaries.
    Markdown,
}

impl Form {
    /// All forms by their names.
    pub const NAMES: [(&str, Self); 10] = [
        ("text", Self::Common(Format::Text)),
        ("json", Self::Common(Format::Json)),
        ("jsonl", Self::Common(Format::Jsonl)),
        ("concise", Self::Report(ReportFormat::Concise)),
        ("sarif", Self::Report(ReportFormat::Sarif)),
        ("github", Self::Report(ReportFormat::Github)),
        ("gitlab", Self::Report(ReportFormat::Gitlab)),
        ("junit", Self::Report(ReportFormat::Junit)),
        ("checkstyle", Self::Report(ReportFormat::Checkstyle)),
        ("markdown", Self::Report(ReportFormat::Markdown)),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, form)| *form == self)
            .map_or("text", |(name, _)| name)
    }
}

impl Common {
    /// The forms that were asked for; text when none was.
    pub fn outputs(&self) -> Vec<Output> {
        if self.output.is_empty() {
            return vec![Output {
                format: Form::Common(Format::Text),
                file: None,
            }];
        }
        self.output.clone()
    }

    /// The uncertainties whose other branch is taken.
    pub fn other(&self) -> Uncertainties {
        let chosen = self.assume.iter().filter(|(_, other)| *other);
        chosen.fold(Uncertainties::NONE, |all, (entry, _)| all.with(*entry))
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    crate::rulebook::severity(text)
        .ok_or_else(|| "it is critical, high, medium, low or info".to_owned())
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

fn assumption(text: &str) -> Result<(Uncertainty, bool), String> {
    let form = "write U-n=other or U-n=default";
    let (name, branch) = text.split_once('=').ok_or(form)?;
    let entry = Uncertainty::parse(name)
        .ok_or_else(|| format!("`{name}` is not an uncertainty that changes decisions"))?;
    match branch {
        "other" => Ok((entry, true)),
        "default" => Ok((entry, false)),
        _ => Err(form.to_owned()),
    }
}

fn output(text: &str) -> Result<Output, String> {
    let (format, file) = match text.split_once('=') {
        Some((format, file)) if !file.is_empty() => (format, Some(PathBuf::from(file))),
        Some((format, _)) => (format, None),
        None => (text, None),
    };
    let known = Form::NAMES.iter().find(|(name, _)| *name == format);
    let Some((_, format)) = known else {
        let names: Vec<_> = Form::NAMES.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "`{format}` is not a format; there are {}",
            names.join(", ")
        ));
    };
    let format = *format;
    Ok(Output { format, file })
}
