//! The flags, in the syntax of Go: one or two dashes, `=value` or a separate value.

use crate::go::{GoDuration, parse_duration};
use policy_engine::inventory::class::truth as parse_bool;
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// Every setting of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Directory of the socket.
    pub provider_volume: PathBuf,
    /// Whether the answer contains the files and the driver writes them.
    pub driver_writes_secrets: bool,
    /// Calls to the Kubernetes API per second; without it and `burst` there is no limit.
    pub qps: Option<i64>,
    /// Calls to the Kubernetes API that may exceed the rate at once.
    pub burst: Option<i64>,
    /// The version in the user agent, instead of that of the program.
    pub eks_addon_version: String,
    /// The time limit of one request to the Pod Identity Agent.
    pub pod_identity_http_timeout: Option<Duration>,
    /// Addresses of the agent; without one, its link-local addresses.
    pub pod_identity_agent_urls: Vec<String>,
    /// Whether a doubt about an object fails the mount; otherwise the provider logs a warning.
    pub strict_objects: bool,
    /// Whether a class without objects mounts an empty volume.
    pub allow_empty_objects: bool,
    /// Whether credentials stay in memory between mounts.
    pub credential_cache: bool,
    /// Whether the role session name is the time in nanoseconds, as in upstream.
    pub legacy_session_name: bool,
    /// Whether files of objects that left the class are removed.
    pub remove_stale_files: bool,
    /// Whether a target that is not a mount point is accepted.
    pub allow_unmounted_target: bool,
    /// The largest answer that the driver accepts, in bytes.
    pub max_reply_bytes: usize,
    /// The address of health and metrics; off by default.
    pub admin_addr: Option<SocketAddr>,
    /// Whether log lines are JSON.
    pub log_json: bool,
    /// The least severe level in the log.
    pub log_level: tracing::Level,
    /// The use of the policy snapshot; with a snapshot the default is `explain`.
    pub policy: Option<PolicyMode>,
    /// The policy snapshot.
    pub policy_snapshot: Option<PathBuf>,
    /// Name or ARN of this cluster, for a snapshot of several clusters.
    pub policy_cluster: Option<String>,
    /// A snapshot to write into a ConfigMap; the program then exits.
    pub publish_snapshot: Option<PathBuf>,
    /// `NAMESPACE/NAME` of that ConfigMap.
    pub config_map: Option<String>,
    /// Whether to request the version of a running provider and exit.
    pub health_check: bool,
    /// Whether to request the readiness of a running provider and exit.
    pub ready_check: bool,
    /// Whether to check the policy snapshot as at the start, print the result, and exit.
    pub self_check: bool,
    /// Warnings about the flags; logged at the start.
    pub warnings: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            provider_volume: PathBuf::from("/var/run/secrets-store-csi-providers"),
            driver_writes_secrets: false,
            qps: None,
            burst: None,
            eks_addon_version: String::new(),
            pod_identity_http_timeout: None,
            pod_identity_agent_urls: Vec::new(),
            strict_objects: false,
            allow_empty_objects: false,
            credential_cache: true,
            legacy_session_name: false,
            remove_stale_files: false,
            allow_unmounted_target: false,
            max_reply_bytes: 4 * 1024 * 1024,
            admin_addr: None,
            log_json: false,
            log_level: tracing::Level::INFO,
            policy: None,
            policy_snapshot: None,
            policy_cluster: None,
            publish_snapshot: None,
            config_map: None,
            health_check: false,
            ready_check: false,
            self_check: false,
            warnings: Vec::new(),
        }
    }
}

/// The use of the policy snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyMode {
    /// The snapshot is not used.
    Off,
    /// If AWS denies an access, the error names the cause.
    Explain,
    /// As `explain`; if AWS and the snapshot disagree, the provider logs a warning.
    Warn,
    /// A mount that the snapshot does not allow fails before any call to AWS.
    Strict,
}

impl PolicyMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Off, Self::Explain, Self::Warn, Self::Strict];

    /// The value of `--policy`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Explain => "explain",
            Self::Warn => "warn",
            Self::Strict => "strict",
        }
    }
}

impl Config {
    /// The mode in force: without a snapshot `explain` and `warn` are off, and `strict` fails every mount.
    pub fn policy_mode(&self) -> PolicyMode {
        match (self.policy, &self.policy_snapshot) {
            (Some(PolicyMode::Strict), _) => PolicyMode::Strict,
            (_, None) => PolicyMode::Off,
            (mode, Some(_)) => mode.unwrap_or(PolicyMode::Explain),
        }
    }
}

/// The action that the arguments request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve.
    Run(Box<Config>),
    /// Print the help text.
    Help,
    /// Print the version.
    Version,
}

/// An error in the arguments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(String);

/// The help text; one line per flag.
pub const USAGE: &str = "\
Usage: secrets-store-csi-driver-provider-aws [flags]

Serves the Secrets Store CSI driver on DIR/aws.sock: fetches secrets and parameters from AWS and writes them into volumes of pods.

Flags, with one or two dashes, as --name=value or --name value:
  --provider-volume DIR            Directory of the socket (default /var/run/secrets-store-csi-providers)
  --driver-writes-secrets          Return the files to the driver, which writes them
  --qps N                          Limit calls to the Kubernetes API to N per second (default: no limit; 0 is 5)
  --burst N                        Allow N calls at once above the limit (default 10 if --qps is given)
  --eks-addon-version TEXT         Version in the user agent, instead of the version of this program
  --pod-identity-http-timeout DUR  Time limit of one request to the Pod Identity Agent, e.g. 500ms (default 10s)
  --pod-identity-agent-url URL     Address of the agent (repeatable; default: its two link-local addresses)
  --strict-objects                 Fail the mount on a doubt about an object, e.g. two objects with one file name; otherwise log a warning
  --allow-empty-objects            Mount an empty volume for a class without objects; otherwise the driver fails the mount
  --credential-cache on|off        Keep the credentials of a pod in memory between its mounts (default on)
  --role-session-name pod|legacy   Name the role session NAMESPACE@SERVICE-ACCOUNT@POD, or by the time in nanoseconds (default pod)
  --remove-stale-files             Remove files of objects that left the class, if this provider wrote them
  --allow-unmounted-target         Accept a target that is not a mount point; the secrets are then on the disk of the node
  --max-reply-bytes N              Largest answer that the driver accepts: its --max-call-recv-msg-size (default 4194304)
  --policy-snapshot FILE           Output of `ascp-policy snapshot`; read again if the file changes
  --policy MODE                    Use of the snapshot: off; explain a denial; warn if AWS and the snapshot disagree; strict: fail a
                                   mount that the snapshot does not allow (default explain with a snapshot, else off)
  --policy-cluster NAME|ARN        This cluster, if the snapshot contains several
  --admin-addr ADDR:PORT           Serve /livez, /readyz, /metrics and /policy, e.g. on 0.0.0.0:8989 (default: off)
  --log-format text|json           Format of log lines (default text)
  --log-level LEVEL                Log this level and above: error, warn, info, debug, trace (default info)
  --health-check                   Request the version of the provider that serves DIR; exit with 0 if it answers
  --ready-check                    Request its readiness; exit with 0 if it is ready
  --self-check                     Check the policy snapshot as at the start and exit: 0 if every promise holds, 1 if one is broken,
                                   3 if one is undecided, 2 if the snapshot cannot be read
  --publish-snapshot FILE          Check a policy snapshot, write it into an existing ConfigMap, and exit
  --config-map NAMESPACE/NAME      ConfigMap of --publish-snapshot
  --version                        Print the version
  --help                           Print this text
";

/// Parses the arguments after the name of the program.
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, UsageError> {
    let mut config = Config::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let Some(flag) = argument
            .strip_prefix("--")
            .or_else(|| argument.strip_prefix('-'))
        else {
            return Err(UsageError(format!("unexpected argument `{argument}`")));
        };
        let (name, given) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        match name {
            "help" | "h" => return Ok(Command::Help),
            "version" => return Ok(Command::Version),
            "driver-writes-secrets" => config.driver_writes_secrets = truth(name, given)?,
            "strict-objects" => config.strict_objects = truth(name, given)?,
            "allow-empty-objects" => config.allow_empty_objects = truth(name, given)?,
            "allow-unmounted-target" => config.allow_unmounted_target = truth(name, given)?,
            "remove-stale-files" => config.remove_stale_files = truth(name, given)?,
            "health-check" => config.health_check = truth(name, given)?,
            "ready-check" => config.ready_check = truth(name, given)?,
            "self-check" => config.self_check = truth(name, given)?,
            _ => {
                let value = match given {
                    Some(value) => value,
                    None if VALUED.contains(&name) => arguments
                        .next()
                        .ok_or_else(|| UsageError(format!("flag `--{name}` needs a value")))?,
                    None => String::new(),
                };
                valued(&mut config, name, value)?;
            }
        }
    }
    if let (None, Some(mode @ (PolicyMode::Explain | PolicyMode::Warn))) =
        (&config.policy_snapshot, config.policy)
    {
        let mode = mode.word();
        config.warnings.push(format!(
            "--policy={mode} has no effect without --policy-snapshot"
        ));
    }
    Ok(Command::Run(Box::new(config)))
}

const VALUED: [&str; 17] = [
    "provider-volume",
    "qps",
    "burst",
    "eks-addon-version",
    "pod-identity-http-timeout",
    "pod-identity-agent-url",
    "credential-cache",
    "role-session-name",
    "max-reply-bytes",
    "policy",
    "policy-snapshot",
    "policy-cluster",
    "publish-snapshot",
    "config-map",
    "admin-addr",
    "log-format",
    "log-level",
];

fn truth(name: &str, given: Option<String>) -> Result<bool, UsageError> {
    let Some(text) = given else { return Ok(true) };
    parse_bool(&text).ok_or_else(|| {
        UsageError(format!(
            "flag `--{name}`: `{text}` is not `true` or `false`"
        ))
    })
}

fn valued(config: &mut Config, name: &str, value: String) -> Result<(), UsageError> {
    let choice = |choices: [&str; 2]| {
        let [first, second] = choices;
        match value.as_str() {
            text if text == first => Ok(true),
            text if text == second => Ok(false),
            text => Err(UsageError(format!(
                "flag `--{name}`: `{text}` is not `{first}` or `{second}`"
            ))),
        }
    };
    let number = || {
        value
            .parse::<i64>()
            .map_err(|_| UsageError(format!("flag `--{name}`: `{value}` is not a whole number")))
    };
    match name {
        "provider-volume" => config.provider_volume = PathBuf::from(value),
        "qps" => config.qps = Some(number()?),
        "burst" => config.burst = Some(number()?),
        "eks-addon-version" => config.eks_addon_version = value,
        "pod-identity-http-timeout" => agent_timeout(config, &value),
        "pod-identity-agent-url" => config.pod_identity_agent_urls.push(value),
        "credential-cache" => config.credential_cache = choice(["on", "off"])?,
        "role-session-name" => config.legacy_session_name = choice(["legacy", "pod"])?,
        "max-reply-bytes" => {
            config.max_reply_bytes = usize::try_from(number()?)
                .map_err(|_| UsageError(format!("flag `--{name}`: `{value}` is negative")))?;
        }
        "admin-addr" => {
            config.admin_addr = Some(value.parse().map_err(|_| {
                UsageError(format!(
                    "flag `--{name}`: `{value}` is not an address with a port, e.g. 0.0.0.0:8989"
                ))
            })?);
        }
        "policy" => {
            let mode = PolicyMode::ALL
                .into_iter()
                .find(|mode| mode.word() == value);
            config.policy = Some(mode.ok_or_else(|| {
                UsageError(format!(
                    "flag `--{name}`: `{value}` is not `off`, `explain`, `warn` or `strict`"
                ))
            })?);
        }
        "policy-snapshot" => config.policy_snapshot = Some(PathBuf::from(value)),
        "publish-snapshot" => config.publish_snapshot = Some(PathBuf::from(value)),
        "config-map" => config.config_map = Some(value),
        "policy-cluster" => config.policy_cluster = Some(value),
        "log-format" => config.log_json = choice(["json", "text"])?,
        "log-level" => {
            config.log_level = value.parse().map_err(|_| {
                UsageError(format!(
                    "flag `--{name}`: `{value}` is not `error`, `warn`, `info`, `debug` or `trace`"
                ))
            })?;
        }
        _ => return Err(UsageError(format!("unknown flag `--{name}`"))),
    }
    Ok(())
}

/// Ignores an invalid time limit with a warning, as upstream does.
fn agent_timeout(config: &mut Config, text: &str) {
    if text.is_empty() {
        return;
    }
    match parse_duration(text) {
        Some(GoDuration::Positive(duration)) if !duration.is_zero() => {
            if duration > Duration::from_secs(30) {
                config.warnings.push(format!(
                    "pod-identity-http-timeout `{text}` is longer than 30s; mounts can exceed the deadline of kubelet"
                ));
            }
            config.pod_identity_http_timeout = Some(duration);
        }
        Some(_) | None => config.warnings.push(format!(
            "pod-identity-http-timeout `{text}` is not a positive duration, e.g. 500ms; the default applies"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Result<Config, String> {
        match parse(arguments.iter().map(|&text| text.to_owned())) {
            Ok(Command::Run(config)) => Ok(*config),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn flags_take_one_or_two_dashes_and_both_forms_of_values() {
        let expected = Config {
            provider_volume: "/x".into(),
            qps: Some(7),
            ..Config::default()
        };
        for arguments in [
            &["--provider-volume=/x", "--qps=7"][..],
            &["-provider-volume", "/x", "-qps", "7"],
            &["--provider-volume", "/x", "-qps=7"],
        ] {
            assert_eq!(run(arguments).unwrap(), expected);
        }
        assert!(
            run(&["--driver-writes-secrets"])
                .unwrap()
                .driver_writes_secrets
        );
        assert!(
            !run(&["--driver-writes-secrets=F"])
                .unwrap()
                .driver_writes_secrets
        );
    }

    #[test]
    fn bad_flags_are_named() {
        for (arguments, text) in [
            (
                &["--driver-writes-secrets=yes"][..],
                "not `true` or `false`",
            ),
            (&["--bogus"], "unknown flag `--bogus`"),
            (&["--qps"], "flag `--qps` needs a value"),
            (&["--qps=x"], "`x` is not a whole number"),
            (&["serve"], "unexpected argument `serve`"),
            (&["--admin-addr=8989"], "not an address with a port"),
            (&["--log-level=loud"], "not `error`"),
            (&["--credential-cache=maybe"], "not `on` or `off`"),
            (&["--policy=loud"], "not `off`, `explain`"),
        ] {
            let error = run(arguments).unwrap_err();
            assert!(error.contains(text), "{error}");
        }
    }

    #[test]
    fn the_agent_timeout_is_used_or_ignored_as_in_upstream() {
        for (text, used, warnings) in [
            ("100ms", Some(100), 0),
            ("2s", Some(2_000), 0),
            ("30s", Some(30_000), 0),
            ("35s", Some(35_000), 1),
            ("30001ms", Some(30_001), 1),
            ("invalid", None, 1),
            ("0s", None, 1),
            ("-100ms", None, 1),
            ("", None, 0),
        ] {
            let config = run(&[&format!("--pod-identity-http-timeout={text}")]).unwrap();
            let millis = config
                .pod_identity_http_timeout
                .map(|time| time.as_millis());
            assert_eq!((millis, config.warnings.len()), (used, warnings), "{text}");
        }
    }

    #[test]
    fn the_policy_mode_follows_from_the_snapshot() {
        use PolicyMode::{Explain, Off, Strict, Warn};
        for (arguments, mode, warnings) in [
            (&[][..], Off, 0),
            (&["--policy-snapshot=/s.json"], Explain, 0),
            (&["--policy-snapshot=/s.json", "--policy=off"], Off, 0),
            (&["--policy-snapshot=/s.json", "--policy", "warn"], Warn, 0),
            (&["--policy=explain"], Off, 1),
            (&["--policy=warn"], Off, 1),
            (&["--policy=strict"], Strict, 0),
        ] {
            let config = run(arguments).unwrap();
            let actual = (config.policy_mode(), config.warnings.len());
            assert_eq!(actual, (mode, warnings), "{arguments:?}");
        }
    }

    #[test]
    fn every_flag_is_in_the_help_text() {
        for name in VALUED {
            assert!(USAGE.contains(&format!("--{name} ")), "{name}");
        }
    }
}
