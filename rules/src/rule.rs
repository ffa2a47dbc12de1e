//! What a rule is: its code and name, how bad and how sure, the facts it needs, and its page.

pub mod option;

use option::RuleOption;

/// One rule of the catalog.
#[derive(Debug)]
pub struct Rule {
    /// Three capital letters and three digits: `TAG101`.
    pub code: &'static str,
    /// The pattern that it reports, readable after "allow": `misspelt-session-tag`.
    pub name: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// The kind of damage.
    pub class: Class,
    /// How certain its findings are.
    pub confidence: Confidence,
    /// The facts without which it does not run.
    pub needs: &'static [Need],
    /// The codes of IAM Access Analyzer for the same mistake.
    pub aws: &'static [&'static str],
    /// The grade of its fix, if it has a fix.
    pub fix: Option<Grade>,
    /// Its options.
    pub options: &'static [&'static RuleOption],
    /// How its findings join others.
    pub properties: &'static [Property],
    /// Whether it runs only if it is selected by its code, its name or the code of AWS.
    pub is_off: bool,
    /// Its page as Markdown, without the title.
    pub page: &'static str,
}

/// How the findings of a rule join others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Property {
    /// As a cause it names only an effect; a finding of a rule that names the mistake replaces it.
    Generic,
    /// Of several such findings at a place the most severe is reported, with the others as notes.
    OnePerPlace,
    /// The same for a statement: a principal or a pattern of actions is one mistake, whatever it allows.
    OnePerStatement,
    /// The same for the separation of tenants in a statement, which has one mistake.
    OneSeparation,
    /// Its findings come before others of the same severity at a place: their damage contains that of the others.
    Outranks,
    /// It is the reason of all other findings at its place, which are not reported.
    ExplainsPlace,
    /// It names the mistake by which its statement matches no request: a cause in the same statement is its effect.
    NamesMistake,
    /// It is not reported in a statement in which a mount has its cause: the change of the cause also repairs it.
    Yields,
    /// For a role with which a mount fails by a mistake about tags or trust policies it is a note of that cause: the change of the cause decides
    /// what remains.
    YieldsToMounts,
    /// AWS rejects the whole document for its mistake, whatever the other statements are about.
    RejectsDocument,
    /// It also checks documents that are larger than AWS accepts.
    JudgesOversized,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Values are readable that must not be, today.
    Critical,
    /// It does not work, or leaks under ordinary conditions.
    High,
    /// It fails or leaks under special conditions.
    Medium,
    /// It will fail or leak after a change.
    Low,
    /// Worth knowing.
    Info,
}

/// The kind of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Access is not allowed, or the mount fails.
    Break,
    /// Access is wider than it looks.
    Leak,
    /// It works today, and breaks or opens on a foreseeable change.
    Fragile,
    /// It can be written more simply.
    Style,
}

/// How certain a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It follows from what is written.
    High,
    /// It follows unless a fact that no source contains changes it.
    Medium,
    /// It is a guess.
    Low,
}

/// How much thought a fix needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The same is allowed as before, or less.
    Safe,
    /// A statement that matches nothing gets its evident meaning; more can be allowed than before.
    Repair,
    /// A guess or a design choice.
    Unsafe,
}

/// A kind of fact without which a rule does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Policy documents of any type.
    Policies,
    /// Workloads or mounts.
    Mounts,
    /// Pod Identity associations.
    Associations,
    /// Service accounts with a role annotation.
    Annotations,
    /// Roles with their policies.
    Roles,
    /// Secrets or parameters.
    Objects,
    /// Secrets.
    Secrets,
    /// KMS keys.
    Keys,
    /// Clusters.
    Clusters,
    /// SecretProviderClasses.
    Classes,
    /// The organization with its policies.
    Organization,
    /// Kubernetes RBAC.
    Rbac,
    /// The service catalog.
    Catalog,
    /// Promises of a world file.
    Promises,
    /// An earlier world, for a comparison.
    Against,
}

/// A code names one rule.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

impl Rule {
    /// Whether a text is the code, the name or a code of AWS for this rule; case does not matter.
    pub fn is(&self, text: &str) -> bool {
        let same = |own: &str| own.eq_ignore_ascii_case(text);
        same(self.code) || same(self.name) || self.aws.iter().any(|own| same(own))
    }

    /// Whether it has a property.
    pub fn has(&self, property: Property) -> bool {
        self.properties.contains(&property)
    }

    /// The three capital letters of its code.
    pub fn family(&self) -> &'static str {
        self.code.get(..3).unwrap_or(self.code)
    }
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }

    /// The next higher severity.
    pub(crate) fn raised(self) -> Self {
        match self {
            Self::Critical | Self::High => Self::Critical,
            Self::Medium => Self::High,
            Self::Low => Self::Medium,
            Self::Info => Self::Low,
        }
    }
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::Leak => "leak",
            Self::Fragile => "fragile",
            Self::Style => "style",
        }
    }
}

impl Confidence {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl Grade {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Repair => "repair",
            Self::Unsafe => "unsafe",
        }
    }
}

impl Need {
    /// The facts, as a noun.
    pub fn word(self) -> &'static str {
        match self {
            Self::Policies => "policies",
            Self::Mounts => "workloads",
            Self::Associations => "associations",
            Self::Annotations => "annotated service accounts",
            Self::Roles => "roles",
            Self::Objects => "secrets or parameters",
            Self::Secrets => "secrets",
            Self::Keys => "keys",
            Self::Clusters => "clusters",
            Self::Classes => "SecretProviderClasses",
            Self::Organization => "the organization",
            Self::Rbac => "RBAC bindings",
            Self::Catalog => "the service catalog",
            Self::Promises => "promises",
            Self::Against => "a world to compare with (`--against`)",
        }
    }
}
