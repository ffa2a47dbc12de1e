//! The options of rules: a rule declares them, the configuration sets them, the check reads them.

use std::fmt;

/// An option of a rule.
#[derive(Debug)]
pub struct RuleOption {
    /// Its name: `max-distance`.
    pub name: &'static str,
    /// Its value unless it is set; every value has the same kind.
    pub default: Setting,
    /// Its meaning, as a sentence.
    pub meaning: &'static str,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A number, and the largest number that is accepted.
    Number(u32, u32),
    /// Yes or no.
    Switch(bool),
    /// Patterns with `*` and `?`.
    Patterns(Vec<String>),
}

/// The number of letters by which a misspelt name can differ.
pub(crate) static MAX_DISTANCE: RuleOption = RuleOption {
    name: "max-distance",
    default: Setting::Number(3, 10),
    meaning: "How many letters a tag may differ from one that EKS sets and still be taken for it; separators, case and the \
              prefixes `k8s`, `kube` and `kubernetes.io` do not count.",
};

/// Roles that are allowed to administer.
pub(crate) static TRUSTED_ADMINS: RuleOption = RuleOption {
    name: "trusted-admins",
    default: Setting::Patterns(Vec::new()),
    meaning: "Roles that are meant to administer, by their ARN or as a finding names them (`shop:deploy-*`): what they may do is \
              worth knowing, and no more.",
};

/// Whether a file that everyone can read is reported.
pub(crate) static WORLD_READABLE: RuleOption = RuleOption {
    name: "world-readable",
    default: Setting::Switch(false),
    meaning: "Flags a file that everyone may read as well, also where no permission is written: the provider's own is `0644`.",
};

/// A raised quota.
pub(crate) static MAX_CHARACTERS: RuleOption = RuleOption {
    name: "max-characters",
    default: Setting::Number(4096, 4096),
    meaning: "The quota of the accounts: 2048 where nobody has raised it.",
};

impl RuleOption {
    /// The accepted values, in words.
    pub fn kind(&self) -> String {
        match self.default {
            Setting::Number(_, most) => format!("a number from 0 to {most}"),
            Setting::Switch(_) => "true or false".to_owned(),
            Setting::Patterns(_) => "a list of patterns".to_owned(),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number, _) => write!(f, "{number}"),
            Self::Switch(on) => write!(f, "{on}"),
            Self::Patterns(patterns) => write!(f, "{patterns:?}"),
        }
    }
}
