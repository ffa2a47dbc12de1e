//! eksctl's ClusterConfig: the associations, service accounts and roles that eksctl makes with a cluster.
//!
//! eksctl documentation, "EKS Pod Identity Associations" and "IAM Roles for Service Accounts".

use crate::{
    adapt::{self, Batch, Words},
    arns::{chosen_name, role_arn},
    format::Format,
    keep::keep,
    kind::Kind,
    language::kubernetes::variable::Variables,
    loaded::Unread,
    loading::Loading,
    opened::{Opened, Wanted},
    resource::{Exists, Home, Noun, Resource},
    setting::Setting,
    value::{hole, scalar, text},
};
use policy_engine::{
    inventory::Cluster,
    source::{OffsetMap, Origin, Spanned},
    syntax::node::{Node, Value},
    text::{HoleKind, Text},
};

pub(crate) const FORMAT: Format = Format {
    kind: Kind::new("eksctl", "an eksctl ClusterConfig"),
    plural: "eksctl ClusterConfigs",
    is: |node| {
        let version = node.get("apiVersion").and_then(Node::as_str);
        node.get("kind").is_some() && version.is_some_and(|text| text.starts_with("eksctl.io/"))
    },
    read: Some(read),
};

const WORDS: Words = Words {
    before: "eksctl makes it",
    remedy: "",
    describes: "which nothing describes",
};

/// The members of an entry that make eksctl create a role, with their names in CloudFormation.
const BOUNDARIES: [&str; 2] = ["permissionsBoundaryARN", "permissionsBoundary"];
const ATTACHED: [&str; 2] = ["permissionPolicyARNs", "attachPolicyARNs"];
const INLINE: [&str; 2] = ["permissionPolicy", "attachPolicy"];
const ROLES: [&str; 2] = ["roleARN", "attachRoleARN"];

/// Takes the facts of a file.
fn read(loading: &mut Loading, opened: &Opened, _: &Wanted, setting: &Setting) {
    keep(loading, opened);
    loading.read_file(&opened.name, FORMAT.kind);
    for node in &opened.documents {
        if !(FORMAT.is)(node) {
            continue;
        }
        // `envsubst` fills in variables before eksctl reads the file.
        let node = Variables::of(&[]).fill(node);
        let config = Config::new(&node, setting);
        if config.home.account.is_none() {
            let unread = Unread {
                what: "ClusterConfig",
                how: "no input states the account of its cluster, so `check` examines only the policies; add `--account NAME=ID`, or include the file in a world with `account: …`"
                    .to_owned(),
            };
            loading.unread_file(&format!("{} (resources)", opened.name), unread);
            loading.without_account(&opened.name);
        }
        let own = Setting {
            cluster: config
                .cluster_arn()
                .unwrap_or_else(|| config.name.value.clone()),
            ..setting.clone()
        };
        let resources = config.resources();
        adapt::take(&mut Batch::new(loading, &own, &WORDS, ""), &resources);
    }
}

/// A cluster as eksctl makes it.
struct Config<'n> {
    node: &'n Node,
    name: Spanned<String>,
    home: Home,
}

impl<'n> Config<'n> {
    fn new(node: &'n Node, setting: &Setting) -> Self {
        let name = node.at(&["metadata", "name"]);
        let name = match name.and_then(|name| Some((name.scalar_text()?, name.origin))) {
            Some((text, origin)) => Spanned::new(text.to_string(), origin),
            None => Spanned::new("<name of the cluster>".to_owned(), node.origin),
        };
        let region = node.at(&["metadata", "region"]);
        let is_open = region.is_some_and(|region| region.as_str().is_none());
        let region = region.and_then(Node::as_str).map(str::to_owned);
        let outside = setting.region.clone().filter(|_| !is_open);
        let setting = Setting {
            region: region.or(outside),
            ..setting.clone()
        };
        Self {
            node,
            name,
            home: setting.home(),
        }
    }

    fn cluster_arn(&self) -> Option<String> {
        let (account, region) = (self.home.account.as_ref()?, self.home.region.as_ref()?);
        let partition = &self.home.partition;
        let name = &self.name.value;
        Some(format!(
            "arn:{partition}:eks:{region}:{account}:cluster/{name}"
        ))
    }

    fn resources(&self) -> Vec<Resource<'static>> {
        let mut made = Vec::new();
        let cluster = map(Vec::new(), self.node.origin);
        let mut cluster = self.resource(Noun::Cluster, &self.name, cluster);
        cluster.arn = self.cluster_arn().map(|arn| Text::shown(&arn));
        made.push(cluster);
        for entry in list(self.node.at(&["iam", "podIdentityAssociations"])) {
            self.association(entry, &mut made);
        }
        for entry in list(self.node.at(&["iam", "serviceAccounts"])) {
            self.service_account(entry, &mut made);
        }
        for addon in list(self.node.get("addons")) {
            self.addon(addon, &mut made);
        }
        made
    }

    fn resource(&self, noun: Noun, name: &Spanned<String>, attributes: Node) -> Resource<'static> {
        let origin = attributes.origin;
        Resource {
            noun,
            address: name.value.clone(),
            declared: Some(name.value.clone()),
            name: name.clone(),
            arn: None,
            home: self.home.clone(),
            exists: Exists::Yes,
            attributes: Box::new(attributes),
            whole: true,
            origin,
        }
    }

    /// An association, and the role that eksctl makes for it.
    fn association(&self, entry: &Node, made: &mut Vec<Resource<'static>>) {
        let origin = entry.origin;
        let role = self.role(entry, pod_identity_trust(origin), made);
        let mut members = vec![(
            text("clusterName", origin),
            text(self.name.value.as_str(), origin),
        )];
        members.extend(renamed(
            entry,
            &[
                ("namespace", "namespace"),
                ("serviceAccountName", "serviceAccount"),
                ("targetRoleARN", "targetRoleArn"),
                ("disableSessionTags", "disableSessionTags"),
                ("policy", "policy"),
            ],
        ));
        members.push((text("roleArn", origin), role));
        let name = Spanned::new(format!("association of {}", pod_of(entry)), origin);
        made.push(self.resource(Noun::Association, &name, map(members, origin)));
        if is_true(entry.get("createServiceAccount")) {
            let members = renamed(
                entry,
                &[("serviceAccountName", "name"), ("namespace", "namespace")],
            );
            made.push(self.account(members, origin));
        }
    }

    /// A service account whose annotation names a role: an existing role, or one that eksctl creates.
    fn service_account(&self, entry: &Node, made: &mut Vec<Resource<'static>>) {
        let Some(metadata) = entry.get("metadata") else {
            return;
        };
        let role = self.role(entry, self.web_identity_trust(metadata), made);
        if is_true(entry.get("roleOnly")) {
            return;
        }
        let origin = metadata.origin;
        let mut members = renamed(metadata, &[("name", "name"), ("namespace", "namespace")]);
        let annotation = (text("eks.amazonaws.com/role-arn", role.origin), role);
        members.push((text("annotations", origin), map(vec![annotation], origin)));
        made.push(self.account(members, origin));
    }

    /// eksctl makes service accounts without a namespace in `default`.
    fn account(&self, mut members: Vec<(Node, Node)>, origin: Origin) -> Resource<'static> {
        let is_placed = members
            .iter()
            .any(|(key, _)| key.as_str() == Some("namespace"));
        if !is_placed {
            members.push((text("namespace", origin), text("default", origin)));
        }
        let attributes = map(
            vec![(text("metadata", origin), map(members, origin))],
            origin,
        );
        let name = Spanned::new("ServiceAccount".to_owned(), origin);
        self.resource(Noun::ServiceAccount, &name, attributes)
    }

    /// An add-on with associations of its own.
    fn addon(&self, addon: &Node, made: &mut Vec<Resource<'static>>) {
        let origin = addon.origin;
        let mut blocks = Vec::new();
        for entry in list(addon.get("podIdentityAssociations")) {
            let role = self.role(entry, pod_identity_trust(entry.origin), made);
            let mut members = renamed(entry, &[("serviceAccountName", "ServiceAccount")]);
            members.push((text("RoleArn", entry.origin), role));
            blocks.push(map(members, entry.origin));
        }
        let mut members = vec![(
            text("ClusterName", origin),
            text(self.name.value.as_str(), origin),
        )];
        members.extend(renamed(addon, &[("name", "AddonName")]));
        if let Some(given) = addon.get("namespaceConfig") {
            let namespace = renamed(given, &[("namespace", "Namespace")]);
            members.push((
                text("NamespaceConfig", origin),
                map(namespace, given.origin),
            ));
        }
        let value = Value::List(blocks);
        let blocks = Node { value, origin };
        members.push((text("PodIdentityAssociations", origin), blocks));
        let name = addon.get("name").and_then(Node::scalar_text);
        let name = name.map_or_else(|| "add-on".to_owned(), |name| format!("add-on {name}"));
        let name = Spanned::new(name, origin);
        made.push(self.resource(Noun::Addon, &name, map(members, origin)));
    }

    /// The ARN of an entry's role; where it names none, eksctl makes one.
    fn role(&self, entry: &Node, trust: Node, made: &mut Vec<Resource<'static>>) -> Node {
        if let Some(role) = member(entry, &ROLES) {
            return role.clone();
        }
        let origin = entry.origin;
        let given = entry.get("roleName").filter(|name| !name.is_null());
        let name = match given.and_then(Node::scalar_text) {
            Some(name) => name.to_string(),
            None => {
                let pod = pod_of(entry);
                chosen_name(&format!("the role of {pod} in {}", self.name.value))
            }
        };
        let name = Spanned::new(name, given.map_or(origin, |name| name.origin));
        let mut members = vec![
            (text("AssumeRolePolicyDocument", origin), trust),
            (text("Tags", origin), self.tags(entry)),
        ];
        for (names, known) in [
            (&BOUNDARIES, "PermissionsBoundary"),
            (&ATTACHED, "ManagedPolicyArns"),
        ] {
            if let Some(value) = member(entry, names) {
                members.push((text(known, value.origin), value.clone()));
            }
        }
        if let Some(policy) = member(entry, &INLINE) {
            let place = policy.origin;
            let block = vec![
                (text("PolicyName", place), text("permissionPolicy", place)),
                (text("PolicyDocument", place), policy.clone()),
            ];
            let value = Value::List(vec![map(block, place)]);
            members.push((
                text("Policies", place),
                Node {
                    value,
                    origin: place,
                },
            ));
        }
        let mut role = self.resource(Noun::Role, &name, map(members, origin));
        let Some(account) = &self.home.account else {
            made.push(role);
            return text(Text::shown(&name.value), name.origin);
        };
        let arn = role_arn(&self.home.partition, account, "/", &name.value);
        let arn = Text::shown(&arn);
        role.arn = Some(arn.clone());
        made.push(role);
        text(arn, name.origin)
    }

    /// The tags of a role: those of the file, and those that eksctl sets on its stacks.
    fn tags(&self, entry: &Node) -> Node {
        let origin = entry.origin;
        let mut tags = vec![
            (
                text("alpha.eksctl.io/cluster-name", origin),
                text(self.name.value.as_str(), origin),
            ),
            (
                text("eksctl.cluster.k8s.io/v1alpha1/cluster-name", origin),
                text(self.name.value.as_str(), origin),
            ),
            (
                text("alpha.eksctl.io/eksctl-version", origin),
                hole("the version of eksctl", origin),
            ),
        ];
        for given in [self.node.at(&["metadata", "tags"]), entry.get("tags")] {
            tags.extend(given.and_then(Node::as_map).into_iter().flatten().cloned());
        }
        map(tags, origin)
    }

    /// The trust policy that eksctl writes for a service account: the issuer is that of the new cluster.
    fn web_identity_trust(&self, metadata: &Node) -> Node {
        let origin = metadata.origin;
        let arn = self
            .cluster_arn()
            .unwrap_or_else(|| self.name.value.clone());
        let issuer = || Text::hole(Cluster::unknown_issuer(&arn), HoleKind::Any);
        let word = |name: &str| text(name, origin);
        let made = |text: Text| scalar(text, OffsetMap::from_start(origin.span.start), origin);
        let account = self.home.account.as_deref().unwrap_or("<account>");
        let provider = Text::from(format!(
            "arn:{}:iam::{account}:oidc-provider/",
            self.home.partition
        ));
        let part = |name: &str| match metadata.get(name).and_then(Node::scalar_text) {
            Some(text) => text,
            None => Text::from("default"),
        };
        let subject = Text::from("system:serviceaccount:")
            .then(&part("namespace"))
            .then(&Text::from(":"))
            .then(&part("name"));
        let key = |end: &'static str| made(issuer().then(&Text::fixed(end)));
        let keys = vec![
            (key(":sub"), made(subject)),
            (key(":aud"), word("sts.amazonaws.com")),
        ];
        let condition = map(vec![(word("StringEquals"), map(keys, origin))], origin);
        let principal = vec![(word("Federated"), made(provider.then(&issuer())))];
        statement(
            map(principal, origin),
            vec![word("sts:AssumeRoleWithWebIdentity")],
            Some(condition),
            origin,
        )
    }
}

/// The trust policy that eksctl writes for Pod Identity.
fn pod_identity_trust(origin: Origin) -> Node {
    let word = |name: &str| text(name, origin);
    let principal = vec![(word("Service"), word("pods.eks.amazonaws.com"))];
    let actions = vec![word("sts:AssumeRole"), word("sts:TagSession")];
    statement(map(principal, origin), actions, None, origin)
}

/// A trust policy of one statement.
fn statement(principal: Node, actions: Vec<Node>, condition: Option<Node>, origin: Origin) -> Node {
    let word = |name: &str| text(name, origin);
    let value = Value::List(actions);
    let mut members = vec![
        (word("Effect"), word("Allow")),
        (word("Principal"), principal),
        (word("Action"), Node { value, origin }),
    ];
    members.extend(condition.map(|condition| (word("Condition"), condition)));
    let value = Value::List(vec![map(members, origin)]);
    let document = vec![
        (word("Version"), word("2012-10-17")),
        (word("Statement"), Node { value, origin }),
    ];
    map(document, origin)
}

/// `api in pay`, of an association or a service account: a slash would begin the path of a role.
fn pod_of(entry: &Node) -> String {
    let part = |names: [&[&str]; 2]| {
        let value = names.into_iter().find_map(|path| entry.at(path));
        value
            .and_then(Node::scalar_text)
            .map(|text| text.to_string())
    };
    let namespace = part([&["namespace"], &["metadata", "namespace"]]);
    let name = part([&["serviceAccountName"], &["metadata", "name"]]);
    match (namespace, name) {
        (Some(namespace), Some(name)) => format!("{name} in {namespace}"),
        (None, Some(name)) | (Some(name), None) => name,
        (None, None) => "a service account".to_owned(),
    }
}

/// Members under other names.
fn renamed(node: &Node, names: &[(&str, &str)]) -> Vec<(Node, Node)> {
    let mut members = Vec::new();
    for (from, to) in names {
        if let Some((key, value)) = node.entry(from) {
            members.push((text(*to, key.origin), value.clone()));
        }
    }
    members
}

/// The first of some members that is set.
fn member<'n>(node: &'n Node, names: &[&str]) -> Option<&'n Node> {
    let mut values = names.iter().filter_map(|name| node.get(name));
    values.find(|node| !node.is_null())
}

fn list(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn map(members: Vec<(Node, Node)>, origin: Origin) -> Node {
    let value = Value::Map(members);
    Node { value, origin }
}

fn is_true(node: Option<&Node>) -> bool {
    node.is_some_and(|node| matches!(node.value, Value::Bool(true)))
}
