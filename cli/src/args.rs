//! The grammar of the command line.

use crate::{
    config::{FailOn, Selector},
    rulebook::{Class, Severity},
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use policy_engine::uncertainty::{Uncertainties, Uncertainty};
use std::path::PathBuf;

/// Which pod may read which secret, why, and what must change?
#[derive(Debug, Parser)]
#[command(name = "ascp-policy", version, max_term_width = 100, after_help = ROOT_EXAMPLES)]
pub struct Cli {
    /// The command; `check` if there is none.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of every command.
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
    /// Report mounts that fail and access that is wider than intended (the default command)
    #[command(after_help = "Examples:
  ascp-policy check .
  ascp-policy check k8s/ plan.json --output text --output sarif=out.sarif --fail-on medium")]
    Check(Check),
    /// Accept the present findings, so that `check` reports only new ones
    #[command(after_help = "Examples:
  ascp-policy baseline create
  ascp-policy baseline update --accept-new")]
    Baseline(Baseline),
    /// List the rules, or print the page of a rule
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "Examples:
  ascp-policy rules TAG --class leak
  ascp-policy rules explain TAG101"
    )]
    Rules(Rules),
    /// Print the date and the size of the service catalog
    #[command(
        alias = "catalogue",
        after_help = "Examples:
  ascp-policy catalog
  ascp-policy catalog --catalog newer.json --output json"
    )]
    Catalog(Catalog),
    /// Write a commented ascp-policy.toml
    #[command(after_help = "Examples:
  ascp-policy init
  ascp-policy init deploy/")]
    Init(Init),
    /// Decide whether a pod can read an object, stage by stage; or decide single requests
    #[command(
        after_help = "POD is CLUSTER:NAMESPACE/SERVICE-ACCOUNT or a workload (deploy/web -n dev); OBJECT is ACCOUNT:NAME, NAME or an ARN.
Exit codes: 0 allowed, 1 denied or not allowed, 2 could not run, 3 unknown.

Examples:
  ascp-policy simulate prod:dev/app vault:dev/db
  ascp-policy simulate --request requests.jsonl --output jsonl"
    )]
    Simulate(Simulate),
    /// Test the promises under `expect:` of a world file
    #[command(after_help = "Examples:
  ascp-policy test
  ascp-policy test worlds/shop.yaml worlds/vault --output json")]
    Test(Test),
    /// Print all facts that were read as one world file
    #[command(after_help = "Examples:
  ascp-policy world k8s/ dumps/ > world.yaml
  ascp-policy world . --explain-merge")]
    World(World),
    /// Write all facts that were read as JSON for the provider's `--policy-snapshot`
    #[command(after_help = "Examples:
  ascp-policy snapshot --out snapshot.json .
  ascp-policy snapshot --cluster prod --commit \"$GITHUB_SHA\" k8s/ plan.json > snapshot.json
  ascp-policy snapshot --live --cluster prod --region us-east-1 k8s/ > snapshot.json")]
    Snapshot(Snapshot),
    /// Print a shell script that saves the AWS metadata of a cluster and its account
    #[command(
        after_help = "The script calls the AWS CLI: only calls that read metadata, none that returns a secret value.

Examples:
  ascp-policy collect --print-script > collect.sh
  AWS_REGION=us-east-1 sh collect.sh prod dumps/shop"
    )]
    Collect {
        /// Print the script; it is not run
        #[arg(long, required = true)]
        print_script: bool,
    },
    /// Print shell completions
    #[command(after_help = "Examples:
  ascp-policy completions bash > /etc/bash_completion.d/ascp-policy
  ascp-policy completions zsh > ~/.zfunc/_ascp-policy")]
    Completions {
        /// Shell, e.g. bash
        shell: clap_complete::Shell,
    },
    /// Write one manual page per command
    #[command(after_help = "Examples:
  ascp-policy man /usr/local/share/man/man1
  ascp-policy man target/man")]
    Man {
        /// Directory for the pages, e.g. target/man; created if it does not exist
        directory: PathBuf,
    },
    /// Print the JSON Schema of the world file
    #[command(after_help = "Examples:
  ascp-policy schema > world.schema.json
  ascp-policy schema | jq .title")]
    Schema,
}

/// Arguments of `check`.
#[derive(Debug, Default, Args)]
pub struct Check {
    /// Files and directories, e.g. k8s/ plan.json; a directory with an ascp-policy.yaml is read as that file states
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Exit with 1 if a finding has at least this severity, e.g. medium: critical, high, medium, low, info; `undecided`: exit
    /// with 3 if a mount is undecided or an input of this job was not read
    #[arg(long, value_name = "SEVERITY|undecided", value_delimiter = ',', value_parser = fail_on)]
    pub fail_on: Vec<FailOn>,
    /// Exit with 1 if more than N findings are below --fail-on, e.g. 10
    #[arg(long, value_name = "N")]
    pub max_warnings: Option<usize>,
    /// File of accepted findings, e.g. known.json; overrides `baseline` in ascp-policy.toml
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Edit files: safe (the default: allows no new request), repair (also changes statements that never match),
    /// unsafe (also guesses)
    #[arg(long, value_name = "GRADE", num_args = 0..=1, require_equals = true, default_missing_value = "safe", hide_possible_values = true)]
    pub fix: Option<GradeArg>,
    /// Print the edits of --fix as a patch, and change no file
    #[arg(long)]
    pub diff: bool,
    /// Also list accepted findings, with the reason
    #[arg(long)]
    pub show_suppressed: bool,
    /// Also list rules that were not evaluated, with the missing fact
    #[arg(long)]
    pub show_skipped: bool,
    /// Also print the number of findings per rule
    #[arg(long)]
    pub statistics: bool,
    /// Options of `check` and `baseline`.
    #[command(flatten)]
    pub judging: Judging,
}

/// Options of `check` and `baseline`.
#[derive(Debug, Default, Args)]
pub struct Judging {
    /// Run only these rules, e.g. TAG,KMS101: ALL, a family, a prefix (TAG1), a code, a name, an AWS code
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = Selector::parse)]
    pub select: Vec<Selector>,
    /// Run these rules as well, e.g. a rule that is off by default
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = Selector::parse)]
    pub extend_select: Vec<Selector>,
    /// Do not run these rules, e.g. RED,TAG119
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = Selector::parse)]
    pub ignore: Vec<Selector>,
    /// Do not report findings below this severity, e.g. low
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub severity_threshold: Option<Severity>,
    /// Configuration file to use instead of the nearest ascp-policy.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Take configuration, baseline, exceptions and promises from a commit of Git, e.g. origin/main; a change of them has no effect
    /// and is a finding (CFG108)
    #[arg(long, value_name = "REV", allow_hyphen_values = false)]
    pub config_from: Option<String>,
    /// Use no configuration file
    #[arg(long)]
    pub no_config: bool,
    /// Service catalog to use instead of the built-in one, e.g. newer.json
    #[arg(long, alias = "catalogue", value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// Report access that is new (ACC103) compared with a directory, a file or a snapshot, e.g. ../main
    #[arg(long, value_name = "PATH")]
    pub against: Option<PathBuf>,
}

/// Which edits `--fix` makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GradeArg {
    /// Edits that allow no request that was not allowed before
    Safe,
    /// Also edits of statements that never match, to their evident intent
    Repair,
    /// Also guesses and design choices
    Unsafe,
}

/// Arguments of `baseline`.
#[derive(Debug, Args)]
pub struct Baseline {
    /// create: write all findings; prune: remove entries that match no finding; update: the same, and exit with 1 if findings
    /// are new
    #[arg(value_enum, hide_possible_values = true)]
    pub action: BaselineAction,
    /// Files and directories, as for check
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// File to write, e.g. known.json; by default `baseline` in ascp-policy.toml, else ascp-policy-baseline.json
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// With update: also add new findings
    #[arg(long)]
    pub accept_new: bool,
    /// Options of `check` and `baseline`.
    #[command(flatten)]
    pub judging: Judging,
}

/// What `baseline` does with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BaselineAction {
    /// Write all findings
    Create,
    /// Remove entries that match no finding; with --accept-new also add new findings
    Update,
    /// Remove entries that match no finding
    Prune,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// The command; without a command, the list.
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
    /// Rules to list, e.g. TAG KMS101: a family, a prefix (TAG1), a code, a name, an AWS code; by default all
    #[arg(value_name = "RULE", value_parser = Selector::parse)]
    pub rules: Vec<Selector>,
    /// List only rules of this class, e.g. leak: break, leak, fragile, style
    #[arg(long, value_name = "CLASS", value_parser = class)]
    pub class: Option<Class>,
    /// List only rules of at least this severity, e.g. high
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub severity: Option<Severity>,
}

/// The commands of `rules`.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Print the page of a rule: what it reports, why it matters, examples, the fix
    #[command(after_help = "Examples:
  ascp-policy rules explain TAG101
  ascp-policy rules explain misspelt-session-tag")]
    Explain {
        /// Code, name or AWS code, e.g. TAG101
        #[arg(value_name = "CODE|NAME")]
        rule: String,
    },
}

/// Arguments of `catalog`.
#[derive(Debug, Args)]
pub struct Catalog {
    /// Service catalog to use instead of the built-in one, e.g. newer.json
    #[arg(long, alias = "catalogue", value_name = "FILE")]
    pub catalog: Option<PathBuf>,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Directory to check and to write the file to, e.g. deploy/
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    pub directory: PathBuf,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Pod, e.g. prod:dev/app
    #[arg(value_name = "POD", requires = "object", conflicts_with_all = ["principal", "request"])]
    pub pod: Option<String>,
    /// Secret or parameter, e.g. vault:dev/db
    #[arg(value_name = "OBJECT")]
    pub object: Option<String>,
    /// Question: read (first mount), rotate (also later polls) or an action, e.g. secretsmanager:PutSecretValue
    #[arg(long, default_value = "read", value_name = "ASK")]
    pub ask: String,
    /// How the pod gets its credentials: pod-identity or irsa; by default as its SecretProviderClass states
    #[arg(long, value_enum, hide_possible_values = true)]
    pub via: Option<ViaArg>,
    /// Namespace of a workload, e.g. dev
    #[arg(short, long, value_name = "NAMESPACE", requires = "pod")]
    pub namespace: Option<String>,
    /// Principal instead of a pod: an ARN, or a service, e.g. pods.eks.amazonaws.com
    #[arg(long, value_name = "ARN", requires_all = ["action", "resource"])]
    pub principal: Option<String>,
    /// Action of the request, e.g. secretsmanager:GetSecretValue
    #[arg(long, value_name = "SERVICE:ACTION", requires = "principal")]
    pub action: Option<String>,
    /// Resource of the request: an ARN, or an object, e.g. vault:dev/db
    #[arg(long, value_name = "ARN", requires = "principal")]
    pub resource: Option<String>,
    /// Condition key of the request, e.g. aws:SourceVpce=vpce-1; the same as --given
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub context: Vec<(String, String)>,
    /// File of requests that contain their policies, as JSON or JSON Lines; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "principal")]
    pub request: Option<PathBuf>,
    /// Files and directories with the facts, e.g. k8s/
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
    /// World files, or directories with an ascp-policy.yaml, e.g. worlds/shop.yaml
    #[arg(value_name = "WORLD", default_value = ".")]
    pub worlds: Vec<PathBuf>,
}

/// Arguments of `world`.
#[derive(Debug, Args)]
pub struct World {
    /// Files and directories, e.g. k8s/ dumps/
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Also print, as comments, which files were read and where they disagree
    #[arg(long)]
    pub explain_merge: bool,
}

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub struct Snapshot {
    /// Files and directories, e.g. k8s/ plan.json; by default the working directory. --cluster keeps the pods of one cluster and
    /// what they name
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Also read metadata (no values) of the AWS account of the SDK's credentials, in --region or the SDK's region; without a PATH
    /// read no file. Needs a program with the feature `live`
    #[arg(long)]
    pub live: bool,
    /// Profile of the SDK's configuration for --live, e.g. audit
    #[arg(long, value_name = "NAME", requires = "live")]
    pub profile: Option<String>,
    /// File to write instead of standard output, e.g. snapshot.json
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Commit to record, e.g. 4f1c2aa; by default that of `.git` in a PATH
    #[arg(long, value_name = "ID")]
    pub commit: Option<String>,
}

/// Options of every command.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// World file to use instead of the nearest ascp-policy.yaml
    #[arg(long, global = true, value_name = "FILE")]
    pub world: Option<PathBuf>,
    /// Name of an account, e.g. shop=111122223333
    #[arg(long, global = true, value_name = "NAME=ID", value_parser = key_value)]
    pub account: Vec<(String, String)>,
    /// Region of facts that name no region, e.g. us-east-1
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// Cluster of the manifests, e.g. prod
    #[arg(long, global = true, value_name = "NAME")]
    pub cluster: Option<String>,
    /// Condition key of every request, e.g. aws:SourceVpce=vpce-1; overrides `given` in the world file
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    pub given: Vec<(String, String)>,
    /// Undocumented AWS behaviour: `default` takes the default of docs/semantics.md, `report` answers unknown
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "default",
        hide_possible_values = true
    )]
    pub uncertain: Uncertain,
    /// Take the other branch of an undocumented AWS behaviour (see docs/semantics.md), e.g. U-14=other
    #[arg(long, global = true, value_name = "U-N=other", value_parser = assumption)]
    pub assume: Vec<(Uncertainty, bool)>,
    /// Output format, repeatable, e.g. sarif=out.sarif: text, json, jsonl; `check` also concise, sarif, github, gitlab, junit,
    /// checkstyle, markdown
    #[arg(long, global = true, value_name = "FORMAT[=FILE]", value_parser = output)]
    pub output: Vec<Output>,
    /// Colors: auto (on terminals, without NO_COLOR), always, never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        hide_possible_values = true
    )]
    pub color: Color,
    /// Draw frames and marks in ASCII
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Columns of text, e.g. 80; by default those of the terminal, else 100
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
    /// Print only the answer
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Also print which files were read or skipped, and the notes about them
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Exit with 0 instead of 1 or 3
    #[arg(long, global = true)]
    pub exit_zero: bool,
}

/// What `--uncertain` does with undocumented AWS behaviour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Uncertain {
    /// Take the documented default, and name it where the other branch changes the answer
    #[default]
    Default,
    /// Answer unknown where the branches differ
    Report,
}

/// When to use colors.
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

/// A format of the answer and its destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The form.
    pub format: Form,
    /// The file; `None`: standard output.
    pub file: Option<PathBuf>,
}

/// The formats of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A format of every command.
    Common(Format),
    /// A format of `check`.
    Report(ReportFormat),
}

/// The formats of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// A JSON document.
    Json,
    /// A JSON value per line.
    Jsonl,
}

/// The formats in which `check` reports to other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// A line per finding.
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
    /// All formats by name.
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
    /// The requested formats; by default text.
    pub fn outputs(&self) -> Vec<Output> {
        if self.output.is_empty() {
            return vec![Output {
                format: Form::Common(Format::Text),
                file: None,
            }];
        }
        self.output.clone()
    }

    /// The uncertainties for which the other branch applies.
    pub fn other(&self) -> Uncertainties {
        let chosen = self.assume.iter().filter(|(_, other)| *other);
        chosen.fold(Uncertainties::NONE, |all, (entry, _)| all.with(*entry))
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    crate::rulebook::severity(text)
        .ok_or_else(|| "use critical, high, medium, low or info".to_owned())
}

fn class(text: &str) -> Result<Class, String> {
    let classes = [Class::Break, Class::Leak, Class::Fragile, Class::Style];
    let class = classes.into_iter().find(|class| class.word() == text);
    class.ok_or_else(|| "use break, leak, fragile or style".to_owned())
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    FailOn::parse(text).ok_or_else(|| format!("use {}", FailOn::WORDS))
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
