//! The grammar of the command line.

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
    /// Findings: every mount must work, now and at rotation
    #[command(after_help = "Examples:
  ascp-policy check .
  ascp-policy check k8s/ dumps/ --output json=findings.json --output text")]
    Check(Check),
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
    /// The form of the answer: text, json or jsonl; with =FILE into a file; repeatable
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
    /// Also what was read and skipped
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
    pub format: Format,
    /// The file; standard output when there is none.
    pub file: Option<PathBuf>,
}

/// The forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// One JSON value a line.
    Jsonl,
}

impl Common {
    /// The forms that were asked for; text when none was.
    pub fn outputs(&self) -> Vec<Output> {
        if self.output.is_empty() {
            return vec![Output {
                format: Format::Text,
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
    let format = match format {
        "text" => Format::Text,
        "json" => Format::Json,
        "jsonl" => Format::Jsonl,
        other => {
            return Err(format!(
                "`{other}` is not a format; there are text, json and jsonl"
            ));
        }
    };
    Ok(Output { format, file })
}
