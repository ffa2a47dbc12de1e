//! Flags, in Go's syntax: one or two dashes, `=value` or a separate value.

use crate::go::{GoDuration, parse_duration};
use policy_engine::inventory::class::truth as parse_bool;
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// What the program does, with every setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Directory of the socket.
    pub provider_volume: PathBuf,
    /// Whether contents are answered and the driver writes them.
    pub driver_writes_secrets: bool,
    /// Rate of calls to the Kubernetes API; no limit when neither it nor `burst` is given.
    pub qps: Option<i64>,
    /// Bucket size of the same limiter.
    pub burst: Option<i64>,
    /// Stands for our version in the user agent.
    pub eks_addon_version: String,
    /// Time-out of one attempt towards the Pod Identity Agent.
    pub pod_identity_http_timeout: Option<Duration>,
    /// Addresses of the agent; empty means the well-known ones.
    pub pod_identity_agent_urls: Vec<String>,
    /// Whether doubtful objects are refused instead of warned about.
    pub strict_objects: bool,
    /// Whether a class without objects is a success.
    pub allow_empty_objects: bool,
    /// Whether credentials are kept in memory between mounts.
    pub credential_cache: bool,
    /// Whether the role session name is the time, as upstream's.
    pub legacy_session_name: bool,
    /// Whether files that left the class are removed.
    pub remove_stale_files: bool,
    /// Whether files are also written to a target on which nothing is mounted.
    pub allow_unmounted_target: bool,
    /// The longest answer in bytes.
    pub max_reply_bytes: usize,
    /// Where health and metrics are served; nowhere by default.
    pub admin_addr: Option<SocketAddr>,
    /// Whether log lines are JSON.
    pub log_json: bool,
    /// The least level that is logged.
    pub log_level: tracing::Level,
    /// What the policy snapshot decides; by default `explain` where there is one.
    pub policy: Option<PolicyMode>,
    /// The policy snapshot.
    pub policy_snapshot: Option<PathBuf>,
    /// Name or ARN of the cluster, for a snapshot of several.
    pub policy_cluster: Option<String>,
    /// A snapshot to write into a ConfigMap, instead of serving.
    pub publish_snapshot: Option<PathBuf>,
    /// `NAMESPACE/NAME` of that ConfigMap.
    pub config_map: Option<String>,
    /// Whether to ask a running provider for its version and exit.
    pub health_check: bool,
    /// Whether to ask a running provider if it is ready and exit.
    pub ready_check: bool,
    /// Whether to check the policy snapshot as at the start, tell what was found, and exit.
    pub self_check: bool,
    /// What was odd about the flags; logged at start.
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

/// What is made of the policy snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyMode {
    /// Nothing.
    Off,
    /// A refusal by AWS gets one sentence with its cause.
    Explain,
    /// The same, and where AWS and the snapshot disagree, a line in the log.
    Warn,
    /// What the snapshot refuses or cannot decide is refused before AWS is asked.
    Strict,
}

impl PolicyMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Off, Self::Explain, Self::Warn, Self::Strict];

    /// The word for it.
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
    /// The mode that is in force: without a snapshot there is nothing to explain from, and `strict` refuses.
    pub fn policy_mode(&self) -> PolicyMode {
        match (self.policy, &self.policy_snapshot) {
            (Some(PolicyMode::Strict), _) => PolicyMode::Strict,
            (_, None) => PolicyMode::Off,
            (mode, Some(_)) => mode.unwrap_or(PolicyMode::Explain),
        }
    }
}

/// What the arguments ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve.
    Run(Box<Config>),
    /// Print the help text.
    Help,
    /// Print the version.
    Version,
}

/// Arguments that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(String);

/// The help text; one line a flag.
pub const USAGE: &str = "\
Usage: secrets-store-csi-driver-provider-aws [flags]

Serves the Secrets Store CSI driver on <provider-volume>/aws.sock.

Flags, with one or two dashes, as --name=value or --name value:
  --provider-volume DIR            directory of the socket (default /var/run/secrets-store-csi-providers)
  --driver-writes-secrets          answer the contents and let the driver write the files
  --qps N                          rate of calls to the Kubernetes API (default: no limit; 0 means 5)
  --burst N                        bucket size of the same limiter (default 10 when --qps is given)
  --eks-addon-version TEXT         stands for our version in the user agent
  --pod-identity-http-timeout DUR  time-out of one attempt towards the Pod Identity Agent, such as 500ms
  --pod-identity-agent-url URL     address of the agent (repeatable; default: the two well-known ones)
  --strict-objects                 refuse objects that are only warned about otherwise
  --allow-empty-objects            a class without objects mounts an empty volume
  --credential-cache on|off        keep a pod's credentials in memory between its mounts (default on)
  --role-session-name pod|legacy   name of the role session: readable, or the time in nanoseconds (default pod)
  --remove-stale-files             remove files of objects that left the class, when this provider wrote them
  --allow-unmounted-target         write files also to a target on which the driver has mounted nothing
  --max-reply-bytes N              longest answer that the driver accepts (default 4194304, as the driver's)
  --policy-snapshot FILE           what `ascp-policy snapshot` wrote; read again when it changes
  --policy MODE                    off, explain, warn or strict (default explain with a snapshot, else off)
  --policy-cluster NAME|ARN        which cluster of the snapshot this is, when it holds several
  --admin-addr ADDR:PORT           serve /livez, /readyz, /metrics and /policy there (default: off)
  --log-format text|json           form of log lines (default text)
  --log-level LEVEL                error, warn, info, debug or trace (default info)
  --health-check                   ask the provider that serves <provider-volume> for its version; exit 0 when it answers
  --ready-check                    the same for readiness, which --policy=strict may withhold
  --self-check                     check the policy snapshot as at the start and exit: 0 when every promise holds, 1 when one is
                                   broken, 3 when one is undecided, 2 when there is no snapshot that can be read
  --publish-snapshot FILE          check a policy snapshot, write it into a ConfigMap that exists, and exit
  --config-map NAMESPACE/NAME      that ConfigMap
  --version                        print the version
  --help                           print this text
";

/// Reads the arguments that follow the program's name.
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
            "--policy={mode} without --policy-snapshot: mounts are served without a gate"
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
            "flag `--{name}`: `{text}` is neither true nor false"
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
                "flag `--{name}`: `{text}` is neither `{first}` nor `{second}`"
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
                .map_err(|_| UsageError(format!("flag `--{name}`: `{value}` is below zero")))?;
        }
        "admin-addr" => {
            config.admin_addr = Some(value.parse().map_err(|_| {
                UsageError(format!(
                    "flag `--{name}`: `{value}` is not an address with a port, such as 0.0.0.0:8989"
                ))
            })?);
        }
        "policy" => {
            let mode = PolicyMode::ALL
                .into_iter()
                .find(|mode| mode.word() == value);
            config.policy = Some(mode.ok_or_else(|| {
                UsageError(format!(
                    "flag `--{name}`: `{value}` is none of off, explain, warn, strict"
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
                    "flag `--{name}`: `{value}` is none of error, warn, info, debug, trace"
                ))
            })?;
        }
        _ => return Err(UsageError(format!("unknown flag `--{name}`"))),
    }
    Ok(())
}

/// A time-out that cannot be used is no reason not to serve; upstream goes on without it as well.
fn agent_timeout(config: &mut Config, text: &str) {
    if text.is_empty() {
        return;
    }
    match parse_duration(text) {
        Some(GoDuration::Positive(duration)) if !duration.is_zero() => {
            if duration > Duration::from_secs(30) {
                config.warnings.push(format!(
                    "pod-identity-http-timeout `{text}` is over 30s; mounts may run into kubelet's deadline"
                ));
            }
            config.pod_identity_http_timeout = Some(duration);
        }
        Some(_) | None => config.warnings.push(format!(
            "pod-identity-http-timeout `{text}` is not a duration above zero, such as 500ms; the default is used"
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
                "neither true nor false",
            ),
            (&["--bogus"], "unknown flag `--bogus`"),
            (&["--qps"], "flag `--qps` needs a value"),
            (&["--qps=x"], "`x` is not a whole number"),
            (&["serve"], "unexpected argument `serve`"),
            (&["--admin-addr=8989"], "not an address with a port"),
            (&["--log-level=loud"], "none of error"),
            (&["--credential-cache=maybe"], "neither `on` nor `off`"),
            (&["--policy=loud"], "none of off, explain, warn, strict"),
        ] {
            let error = run(arguments).unwrap_err();
            assert!(error.contains(text), "{error}");
        }
    }

    #[test]
    fn the_agent_timeout_is_used_ignored_or_warned_about_as_upstream_does() {
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
            let found = (config.policy_mode(), config.warnings.len());
            assert_eq!(found, (mode, warnings), "{arguments:?}");
        }
    }

    #[test]
    fn every_flag_is_in_the_help_text() {
        for name in VALUED {
            assert!(USAGE.contains(&format!("--{name} ")), "{name}");
        }
    }
}
