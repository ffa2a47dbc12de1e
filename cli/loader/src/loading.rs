//! What has been read so far.

use super::{
    allowance::Allowance,
    arns::partition,
    built::Built,
    hcl,
    kind::Kind,
    loaded::{Annotation, FileRead, Note, Unread},
    options::Options,
    pending::{Assembled, Controlled, Deployed, Late, RawRole, Stray, Synced, Template},
    problem::Problem,
};
use policy_engine::sighting::Sighting;
use policy_engine::{
    inventory::{Account, AccountId, Inventory, Region, Tag},
    policy::{PolicyDocument, PolicyType},
    source::{Origin, Shown, SourceId, SourceMap, Spanned},
    syntax::node::Node,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// How the tags begin that CloudFormation adds to the resources of a stack.
pub(super) const STACK_TAGS: &str = "aws:cloudformation:";
/// How policies name the tags that CloudFormation, ACK and Crossplane add.
pub(super) const ADDED_TAGS: [&str; 3] = [STACK_TAGS, "Tag/services.k8s.aws/", "Tag/crossplane-"];
/// How many problems one run reports.
const MAX_PROBLEMS: usize = 500;
/// How many notes one run reports.
pub(crate) const MAX_NOTES: usize = 1_000;
/// The kinds of what a source can make in an account.
const KINDS: [&str; 7] = [
    "associations",
    "clusters",
    "keys",
    "parameters",
    "policies",
    "roles",
    "secrets",
];
/// How many names a suggestion is looked for in.
const MAX_NAMES: usize = 10_000;

/// The facts, texts and problems of a run that is under way.
///
/// `inventory` contains a fact as often as sources state it; the facts are merged at the end.
pub(super) struct Loading {
    pub(super) options: Options,
    pub(super) sources: SourceMap,
    source_count: u32,
    pub(super) inventory: Inventory,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<Note>,
    pub(super) files: Vec<FileRead>,
    /// The place of each file among them.
    file_places: HashMap<String, usize>,
    pub(super) file_count: usize,
    /// Bytes of all files that were opened, one that is opened twice counted twice.
    pub(super) bytes: u64,
    /// Bytes of policies that are read from files of their own.
    pub(super) policy_bytes: usize,
    /// Directories below the paths that hold a world of their own.
    pub(super) nested: Vec<std::path::PathBuf>,
    /// Exceptions that annotations state.
    pub(super) annotations: Vec<Annotation>,
    /// What the readers noticed about the texts themselves.
    pub(super) sightings: Vec<Sighting>,
    /// Sources of AWS resources whose account nothing states.
    pub(super) homeless: BTreeSet<String>,
    /// Accounts by the names of the user.
    pub(super) accounts: Vec<NamedAccount>,
    /// Token audiences of CSIDriver objects, by cluster.
    pub(super) audiences: Vec<(String, Spanned<Vec<String>>)>,
    /// Roles of Kubernetes, before aggregation.
    pub(super) cluster_roles: Vec<RawRole>,
    /// What manifests of Flux state of variables in others.
    pub(super) substitutions: Vec<Node>,
    /// Manifests with variables, which wait for what states them.
    pub(super) substituted: Vec<Controlled>,
    /// Files whose policies are attached to a resource in Terraform.
    pub(super) attached_files: HashSet<String>,
    /// Kinds of an account, or of any, with an object of unknown name or account, and the place of the object.
    pub(super) open_kinds: Vec<(&'static str, Option<String>, Origin)>,
    /// Directories whose objects a controller deploys into a namespace.
    pub(super) deployed: Vec<Deployed>,
    /// Whether a text names tags that CloudFormation or a controller adds to what it makes.
    pub(super) names_added_tags: bool,
    /// What functions of sources may still make.
    pub(super) allowance: Allowance,
    /// Kustomizations with parts that are not in the repository and that may hold facts of this job.
    pub(super) partial: Vec<(String, Unread)>,
    /// The places of the names of objects that state no namespace.
    pub(super) unstated_namespaces: HashSet<Origin>,
    /// References to Kubernetes Secrets, and the Secrets that exist without a class.
    pub(super) synced: Synced,
    /// Changes of unknown resources.
    pub(super) strays: Vec<Stray>,
    /// Tags of parameters whose answer does not name them, by the name of the file.
    pub(super) parameter_tags: Vec<(String, Spanned<Vec<Tag>>)>,
    /// The place of the organization of a live account.
    pub(super) live_root: Option<Origin>,
    /// SCPs and RCPs, which wait until the whole organization is known.
    pub(super) attached_policies: Vec<AttachedPolicy>,
    /// Templates, which wait for each other: one may import what another exports.
    pub(super) templates: Vec<Template>,
    /// Objects of ACK and Crossplane, which wait for each other.
    pub(super) controlled: Vec<Controlled>,
    /// What the builds of kustomizations share.
    pub(super) built: Built,
    /// The settings of CDK assemblies for templates, by their paths.
    pub(super) assembled: Vec<Assembled>,
    /// Changes of resources that a later file may describe.
    pub(super) late: Vec<Late>,
    /// Terraform source that was parsed.
    pub(super) terraform: hcl::Files,
}

/// An SCP or RCP that is attached to the root, a unit or an account.
pub(super) struct AttachedPolicy {
    /// `r-…`, `ou-…` or twelve digits.
    pub(super) target: String,
    pub(super) kind: PolicyType,
    pub(super) document: Arc<PolicyDocument>,
    /// What attaches it.
    pub(super) address: String,
    pub(super) origin: Origin,
}

/// An account as the user names it.
#[derive(Clone, Debug)]
pub(super) struct NamedAccount {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) region: Option<String>,
    pub(super) partition: String,
    pub(super) origin: Origin,
}

impl Loading {
    pub(super) fn new(options: &Options) -> Self {
        let accounts = options.accounts.iter().map(|(name, id)| NamedAccount {
            name: name.clone(),
            id: Some(id.clone()),
            region: options.region.clone(),
            partition: partition(options.region.as_deref(), None),
            origin: Origin::NOWHERE,
        });
        let mut loading = Self {
            options: options.clone(),
            sources: SourceMap::default(),
            source_count: 0,
            inventory: Inventory::default(),
            problems: Vec::new(),
            notes: Vec::new(),
            files: Vec::new(),
            file_places: HashMap::new(),
            sightings: Vec::new(),
            homeless: BTreeSet::new(),
            file_count: 0,
            bytes: 0,
            nested: Vec::new(),
            annotations: Vec::new(),
            policy_bytes: 0,
            accounts: accounts.collect(),
            audiences: Vec::new(),
            cluster_roles: Vec::new(),
            substitutions: Vec::new(),
            substituted: Vec::new(),
            attached_files: HashSet::new(),
            open_kinds: Vec::new(),
            deployed: Vec::new(),
            names_added_tags: false,
            allowance: Allowance::default(),
            partial: Vec::new(),
            unstated_namespaces: HashSet::new(),
            synced: Synced::default(),
            strays: Vec::new(),
            parameter_tags: Vec::new(),
            live_root: None,
            attached_policies: Vec::new(),
            templates: Vec::new(),
            controlled: Vec::new(),
            built: Built::default(),
            assembled: Vec::new(),
            late: Vec::new(),
            terraform: hcl::Files::default(),
        };
        for (name, id) in &options.accounts {
            let Some(id) = AccountId::parse(id) else {
                let message = format!("`{id}` is not an account id");
                loading.file_problem(
                    "--account",
                    message,
                    Some("an account id has twelve digits"),
                );
                continue;
            };
            loading.inventory.accounts.push(account(
                id,
                Some(name),
                options.region.as_deref(),
                Origin::NOWHERE,
            ));
        }
        loading
    }

    /// The id that the next source will have.
    pub(super) fn next_source(&self) -> SourceId {
        SourceId(self.source_count)
    }

    /// Keeps what may be shown of a text.
    pub(super) fn add_source(&mut self, name: &str, text: Shown) -> SourceId {
        let id = self.sources.add(name, text);
        self.source_count += 1;
        id
    }

    /// States that a text must never be shown, and what its parts are called.
    pub(super) fn hide(
        &mut self,
        source: SourceId,
        parts: Vec<(policy_engine::source::Span, String)>,
    ) {
        self.sources.hide(source, parts);
    }

    pub(super) fn problem(
        &mut self,
        message: impl Into<String>,
        help: Option<&str>,
        origin: Origin,
    ) {
        self.labelled(message, help, vec![(origin, String::new())]);
    }

    pub(super) fn labelled(
        &mut self,
        message: impl Into<String>,
        help: Option<&str>,
        labels: Vec<(Origin, String)>,
    ) {
        let help = help.map(str::to_owned);
        self.push(Problem {
            message: message.into(),
            help,
            labels,
            file: None,
        });
    }

    pub(super) fn file_problem(
        &mut self,
        file: &str,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        let help = help.map(str::to_owned);
        self.push(Problem {
            message: message.into(),
            help,
            labels: Vec::new(),
            file: Some(file.to_owned()),
        });
    }

    fn push(&mut self, problem: Problem) {
        match self.problems.len() {
            // An anchor that is used twice shows its mistakes twice.
            _ if self.problems.contains(&problem) => {}
            MAX_PROBLEMS => self.problems.push(Problem {
                message: format!("more than {MAX_PROBLEMS} problems; the rest is not shown"),
                help: Some("repair these first".to_owned()),
                labels: Vec::new(),
                file: None,
            }),
            count if count > MAX_PROBLEMS => {}
            _ => self.problems.push(problem),
        }
    }

    /// Records that an unread source may create resources in an account, or in any: no kind is complete there.
    pub(super) fn leave_open(&mut self, account: Option<&str>, origin: Origin) {
        let open = KINDS.map(|kind| (kind, account.map(str::to_owned), origin));
        self.open_kinds.extend(open);
    }

    /// Whether there are so many problems that reading stops.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() > MAX_PROBLEMS
    }

    pub(super) fn note(&mut self, message: impl Into<String>, origin: Option<Origin>) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(Note {
                message: message.into(),
                origin,
            });
        }
    }

    pub(super) fn read_file(&mut self, name: &str, kind: Kind) {
        self.file(FileRead {
            name: name.to_owned(),
            kind: Some(kind),
            why: None,
            unread: None,
        });
    }

    /// Records that another file has read a file, if no reader has read it by itself.
    pub(super) fn read_by(&mut self, name: &str, kind: Kind) {
        let known = self.file_places.get(name);
        if known.is_some() && !self.is_read(name) {
            self.read_file(name, kind);
        }
    }

    pub(super) fn skip_file(&mut self, name: &str, why: impl Into<String>) {
        self.file(FileRead {
            name: name.to_owned(),
            kind: None,
            why: Some(why.into()),
            unread: None,
        });
    }

    /// Whether a file was read.
    pub(super) fn is_read(&self, name: &str) -> bool {
        let known = self.file_places.get(name);
        let file = known.and_then(|at| self.files.get(*at));
        file.is_some_and(|file| file.kind.is_some())
    }

    /// The sources that state what AWS has.
    pub(super) fn present(&self) -> HashSet<SourceId> {
        let kind = |name: &str| self.files.get(*self.file_places.get(name)?)?.kind;
        let is_present = |name: &str| {
            let kind = kind(name).map(Kind::name);
            matches!(kind, Some("aws" | "terraform-state"))
        };
        let sources = self.sources.iter();
        let present = sources.filter(|(id, _)| is_present(self.sources.name(*id)));
        present.map(|(id, _)| id).collect()
    }

    /// Notes that nothing states the account of a source of AWS resources.
    pub(super) fn without_account(&mut self, source: &str) {
        self.homeless.insert(source.to_owned());
    }

    /// Notes that an input of this job is not read.
    pub(super) fn unread_file(&mut self, name: &str, unread: Unread) {
        self.file(FileRead {
            name: name.to_owned(),
            kind: None,
            why: Some(format!("{}; {}", unread.what, unread.how)),
            unread: Some(unread),
        });
    }

    /// Records the outcome for a file; that it was read replaces that it was skipped, in either order.
    fn file(&mut self, file: FileRead) {
        let known = self
            .file_places
            .get(&file.name)
            .and_then(|at| self.files.get_mut(*at));
        match known {
            Some(known) if known.kind.is_none() && file.kind.is_some() => *known = file,
            Some(known) if known.kind.is_none() && known.unread.is_none() => *known = file,
            Some(known) if file.kind.is_none() || known.kind == file.kind => {}
            _ => {
                self.file_places.insert(file.name.clone(), self.files.len());
                self.files.push(file);
            }
        }
    }

    /// The account of that name or id.
    pub(super) fn account(&self, reference: &str) -> Option<&NamedAccount> {
        let named = self
            .accounts
            .iter()
            .find(|account| account.name == reference);
        named.or_else(|| {
            self.accounts
                .iter()
                .find(|account| account.id.as_deref() == Some(reference))
        })
    }
}

/// An account about which nothing else is known.
pub(super) fn account(
    id: AccountId,
    name: Option<&str>,
    region: Option<&str>,
    origin: Origin,
) -> Account {
    Account {
        id,
        name: name.map(str::to_owned),
        region: region.and_then(Region::parse),
        scps: Vec::new(),
        rcps: Vec::new(),
        full_access: true,
        origin,
    }
}

pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `did you mean …?` for the nearest of some names.
pub(super) fn did_you_mean<'a>(
    wrong: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(wrong, names).map(|name| format!("did you mean `{name}`?"))
}

/// The name that is most like a wrong one, when one is.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let length = lower.chars().count();
    let allowed = (length / 3).max(1);
    names
        .into_iter()
        .take(MAX_NAMES)
        .filter(|name| name.chars().count().abs_diff(length) <= allowed)
        .map(|name| {
            (
                strsim::damerau_levenshtein(&name.to_lowercase(), &lower),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
