//! Pods and objects by the names that people write (docs/guide/world-file.md).

use super::{Inventory, KmsKey, Parameter, Pod, Secret, Tags};
use crate::{
    service::{KMS, PARAMETER_STORE, SECRETS_MANAGER, ServiceProfile},
    syntax::{
        arn::Arn,
        glob::{Case, NoVariables, Pattern, Syntax},
    },
    text::{Hole, Text},
    truth::Truth,
};

/// The kinds whose things are in an account.
const OF_ACCOUNTS: [&str; 6] = [
    "associations",
    "roles",
    "policies",
    "secrets",
    "parameters",
    "keys",
];

/// An object that a question can name.
#[derive(Clone, Copy, Debug)]
pub enum Object<'a> {
    /// A secret.
    Secret(&'a Secret),
    /// A parameter.
    Parameter(&'a Parameter),
    /// A KMS key.
    Key(&'a KmsKey),
}

impl<'a> Object<'a> {
    /// The ARN.
    pub fn arn(self) -> Text {
        match self {
            Self::Secret(secret) => secret.arn.clone(),
            Self::Parameter(parameter) => Text::shown(&parameter.arn),
            Self::Key(key) => key.arn.clone(),
        }
    }

    /// The account that owns it.
    pub fn account(self) -> &'a str {
        match self {
            Self::Secret(secret) => &secret.account,
            Self::Parameter(parameter) => &parameter.account,
            Self::Key(key) => &key.account,
        }
    }

    /// Its region.
    pub fn region(self) -> &'a str {
        match self {
            Self::Secret(secret) => &secret.region,
            Self::Parameter(parameter) => &parameter.region,
            Self::Key(key) => &key.region,
        }
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        match self {
            Self::Secret(secret) => &secret.name,
            Self::Parameter(parameter) => &parameter.name,
            Self::Key(key) => {
                let alias = key
                    .aliases
                    .first()
                    .map(|alias| alias.strip_prefix("alias/").unwrap_or(alias));
                key.name
                    .as_deref()
                    .or(alias)
                    .unwrap_or_else(|| key.arn.literal().rsplit('/').next().unwrap_or(""))
            }
        }
    }

    /// Its service.
    pub fn profile(self) -> &'static ServiceProfile {
        match self {
            Self::Secret(_) => &SECRETS_MANAGER,
            Self::Parameter(_) => &PARAMETER_STORE,
            Self::Key(_) => &KMS,
        }
    }

    /// Its tags.
    pub fn tags(self) -> &'a Tags {
        match self {
            Self::Secret(secret) => &secret.tags,
            Self::Parameter(parameter) => &parameter.tags,
            Self::Key(key) => &key.tags,
        }
    }

    /// `vault:dev/db`
    pub fn display(self, inventory: &Inventory) -> String {
        inventory.object_name(self.account(), self.name())
    }
}

impl Inventory {
    /// Every known pod once, in order.
    pub fn pods(&self) -> Vec<Pod> {
        let mut pods: Vec<_> = self.mentions().map(|pod| pod.owned()).collect();
        pods.sort();
        pods.dedup();
        pods
    }

    /// Every pod of every source, with repetitions.
    fn mentions(&self) -> impl Iterator<Item = PodRef<'_>> {
        let accounts = self
            .service_accounts
            .iter()
            .map(|account| PodRef::of(&account.pod));
        let associations = self.associations.iter().map(|association| {
            PodRef::new(
                &association.cluster,
                &association.namespace.value,
                &association.service_account.value,
            )
        });
        let workloads = self.workloads.iter().map(|workload| {
            PodRef::new(
                &workload.cluster,
                &workload.namespace,
                &workload.service_account.value,
            )
        });
        let mounts = self.mounts.iter().map(|mount| PodRef::of(&mount.pod));
        accounts.chain(associations).chain(workloads).chain(mounts)
    }

    /// The pods that a reference or a pattern matches.
    pub fn find_pods(&self, reference: &str) -> Vec<Pod> {
        let (cluster, rest) = match reference.split_once(':') {
            Some((cluster, rest)) => (Some(cluster), rest),
            None => (None, reference),
        };
        let Some((namespace, name)) = rest.split_once('/') else {
            return Vec::new();
        };
        let (namespace, name, cluster) = (pattern(namespace), pattern(name), cluster.map(pattern));
        // Only what fits is copied and sorted: a world has many pods, and many promises ask for one.
        let fits = |pod: &PodRef<'_>| {
            let known = self
                .cluster(pod.cluster)
                .map_or(pod.cluster, |cluster| &cluster.name);
            namespace.matches_str(pod.namespace)
                && name.matches_str(pod.service_account)
                && cluster
                    .as_ref()
                    .is_none_or(|wanted| wanted.matches_str(known))
        };
        let mut pods: Vec<_> = self
            .mentions()
            .filter(fits)
            .map(|pod| pod.owned())
            .collect();
        pods.sort();
        pods.dedup();
        pods
    }

    /// Whether a pod with a partly unknown name may be a pod that a reference or a pattern matches.
    pub(crate) fn may_be(&self, pod: &Pod, reference: &str) -> bool {
        let (cluster, rest) = match reference.split_once(':') {
            Some((cluster, rest)) => (cluster, rest),
            None => ("*", reference),
        };
        let Some((namespace, name)) = rest.split_once('/') else {
            return false;
        };
        let known = self.cluster(&pod.cluster);
        let known = known.map_or(pod.cluster.as_str(), |cluster| &cluster.name);
        let parts = [
            (cluster, known),
            (namespace, &pod.namespace),
            (name, &pod.service_account),
        ];
        let met = parts.map(|(wanted, own)| {
            let own = Text::shown(own);
            pattern(wanted)
                .matches(&own, &NoVariables, Case::Sensitive)
                .truth
        });
        met.into_iter().fold(Truth::True, Truth::and) == Truth::Unknown
    }

    /// Every secret and parameter.
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> + Clone {
        let secrets = self.secrets.iter().map(Object::Secret);
        secrets.chain(self.parameters.iter().map(Object::Parameter))
    }

    /// The secrets and parameters that a reference or a pattern matches; keys only if it matches no secret or parameter.
    pub fn find_objects(&self, reference: &str) -> Vec<Object<'_>> {
        let objects: Vec<_> = self
            .objects()
            .filter(|object| is_named(self, *object, reference))
            .collect();
        if !objects.is_empty() {
            return objects;
        }
        self.keys
            .iter()
            .map(Object::Key)
            .filter(|object| is_named(self, *object, reference))
            .collect()
    }

    /// The missing fact if a reference matches no object, and an object with a partly unknown name may be the object.
    pub fn perhaps_named(&self, reference: &str) -> Option<String> {
        let (account, name) = match reference.split_once(':') {
            Some((account, name)) if !account.contains('/') => (Some(account), name),
            _ => (None, reference),
        };
        let name = pattern(name);
        let may_be = |object: &Object<'_>| {
            if !object.name().contains('<') {
                return false;
            }
            let own = Text::shown(object.name());
            let owner = object.account();
            let is_owner = |wanted| glob(wanted, owner) || glob(wanted, self.account_name(owner));
            !own.is_known()
                && account.is_none_or(is_owner)
                && name.matches(&own, &NoVariables, Case::Sensitive).truth == Truth::Unknown
        };
        if !self.find_objects(reference).is_empty() {
            return None;
        }
        let open = self.objects().find(may_be)?;
        Some(format!("whether {} is {reference}", open.display(self)))
    }

    /// The secret or parameter that a descriptor requests from an account and region.
    ///
    /// A name belongs to the caller's account; a full or partial ARN states account and region itself.
    pub fn resolve(
        &self,
        name: &str,
        service: &ServiceProfile,
        account: &str,
        region: &str,
    ) -> Option<Object<'_>> {
        if name.starts_with("arn:") {
            return resolve_arn(self.objects(), name, region);
        }
        if *service == PARAMETER_STORE {
            // AWS Systems Manager User Guide, "Creating Parameter Store parameters", "Requirements and constraints for
            // parameter names": a call names a hierarchy with its first slash; a name without hierarchy may go without.
            if name.contains('/') && !name.starts_with('/') {
                return None;
            }
            let bare = |name: &str| name.strip_prefix('/').unwrap_or(name).to_owned();
            let mut parameters = self
                .parameters
                .iter()
                .filter(|parameter| parameter.account == account && parameter.region == region);
            return parameters
                .find(|parameter| bare(&parameter.name) == bare(name))
                .map(Object::Parameter);
        }
        let mut secrets = self
            .secrets
            .iter()
            .filter(|secret| secret.account == account && secret.is_in(region));
        secrets
            .find(|secret| secret.name == name)
            .map(Object::Secret)
    }

    /// Whether a secret may have a replica in a region although no source names that replica.
    pub(crate) fn may_have_replica(&self, name: &str, owner: &str, region: &str) -> bool {
        let mut secrets = self.secrets.iter().filter(|secret| secret.account == owner);
        secrets.any(|secret| {
            let arn = secret.arn_in(region);
            let is_named = secret.name == name || is_arn(&arn, name) || is_partial_arn(&arn, name);
            is_named && self.may_have_more_replicas(secret)
        })
    }

    /// Whether a secret may have replicas that no source names; `closed` completes what no source states.
    pub(crate) fn may_have_more_replicas(&self, secret: &Secret) -> bool {
        secret.replicas.open.as_ref().is_some_and(|hole| {
            !hole.is_unstated() || !self.closed.contains("secrets", &secret.account)
        })
    }
}

impl Inventory {
    /// Whether an object that is not in the world does not exist: its kind is complete, and no source states that it exists
    /// elsewhere.
    pub fn is_absent(&self, kind: &str, account: &str, name: &str) -> bool {
        // Which account is meant is unknown, so the thing may be in one that is not described.
        if account.is_empty() && OF_ACCOUNTS.contains(&kind) {
            return false;
        }
        self.closed.contains(kind, account) && !self.is_external(kind, account, name)
    }

    /// Whether a source states that an object exists that no source describes; it has the name of the world file, or its ARN.
    pub(crate) fn is_external(&self, kind: &str, account: &str, name: &str) -> bool {
        // An ARN's name is what follows its type.
        let bare = match name.strip_prefix("arn:") {
            Some(rest) => rest.split_once('/').map_or(name, |(_, bare)| bare),
            None => name,
        };
        let names = [
            name.to_owned(),
            bare.to_owned(),
            format!("{account}:{bare}"),
            format!("{}:{bare}", self.account_name(account)),
        ];
        let patterns = self
            .externals
            .patterns
            .iter()
            .filter(|(known, _)| known == kind);
        patterns
            .map(|(_, wanted)| pattern(&wanted.value))
            .any(|wanted| names.iter().any(|name| wanted.matches_str(name)))
    }

    /// The key that a secret or parameter names: by ARN, id, alias, alias ARN, or the name in a world file.
    ///
    /// An ARN states account and region itself; ids and aliases belong to the account and region of the secret or parameter.
    pub fn find_key(&self, reference: &str, account: &str, region: &str) -> Option<&KmsKey> {
        if let Some(key) = self.keys.iter().find(|key| is_same(&key.arn, reference)) {
            return Some(key);
        }
        let (account, region, name) = match Arn::parse(reference) {
            Some(arn) => (arn.account, arn.region, arn.resource),
            None => (account, region, reference),
        };
        let here = |key: &&KmsKey| key.account == account && key.region == region;
        let has_alias = |key: &&KmsKey| key.aliases.iter().any(|own| own == name);
        let id = name.strip_prefix("key/").unwrap_or(name);
        let has_id = |key: &&KmsKey| match key.arn.known() {
            Some(arn) => arn.rsplit_once(":key/").is_some_and(|(_, own)| own == id),
            // An unknown id has the name of its hole.
            None => key.arn.to_string().ends_with(&format!(":key/{id}")),
        };
        let own = || self.keys.iter().filter(here);
        own()
            .find(has_alias)
            .or_else(|| own().find(has_id))
            .or_else(|| {
                let (owner, name) = reference.split_once(':').unwrap_or((account, reference));
                let named = |key: &&KmsKey| key.name.as_deref() == Some(name);
                let owned = |key: &&KmsKey| {
                    key.account == owner || self.account_name(&key.account) == owner
                };
                self.keys.iter().find(|key| named(key) && owned(key))
            })
    }
}

impl Inventory {
    /// The unknown aliases of keys, of which an alias that no key is known to have may be one; nothing if the name is no alias, or if
    /// all aliases of its account and region are known.
    pub fn open_alias(&self, reference: &str, account: &str, region: &str) -> Option<&Hole> {
        let (account, region, name) = match Arn::parse(reference) {
            Some(arn) => (arn.account, arn.region, arn.resource),
            None => (account, region, reference),
        };
        let here = |key: &&KmsKey| key.account == account && key.region == region;
        let mut own = self
            .keys
            .iter()
            .filter(here)
            .filter(|_| name.starts_with("alias/"));
        own.find_map(|key| key.more_aliases.as_ref())
    }
}

/// The object with an ARN in a region; a secret also by its ARN without the last six characters.
pub(super) fn resolve_arn<'a>(
    objects: impl Iterator<Item = Object<'a>> + Clone,
    arn: &str,
    region: &str,
) -> Option<Object<'a>> {
    let exact = |object: &Object<'_>| match object {
        Object::Secret(secret) => secret.is_in(region) && is_arn(&secret.arn_in(region), arn),
        Object::Parameter(parameter) => parameter.arn == arn,
        Object::Key(_) => false,
    };
    let partial = |object: &Object<'_>| match object {
        Object::Secret(secret) => {
            secret.is_in(region) && is_partial_arn(&secret.arn_in(region), arn)
        }
        Object::Parameter(_) | Object::Key(_) => false,
    };
    let mut others = objects.clone();
    let mut objects = objects;
    objects.find(exact).or_else(|| others.find(partial))
}

/// Whether a reference or a pattern matches an object.
pub(super) fn is_named(inventory: &Inventory, object: Object<'_>, reference: &str) -> bool {
    if reference.starts_with("arn:") {
        return is_arn(&object.arn(), reference);
    }
    // A name may hold a colon of its own only behind an account that is known.
    let (account, name) = match reference.split_once(':') {
        Some((account, name)) if !account.contains('/') => (Some(account), name),
        _ => (None, reference),
    };
    let owner = object.account();
    let is_owner =
        |wanted: &str| glob(wanted, owner) || glob(wanted, inventory.account_name(owner));
    glob(name, object.name()) && account.is_none_or(is_owner)
}

/// Whether a text is equal to another, its holes in angle brackets.
fn is_same(own: &Text, reference: &str) -> bool {
    match own.known() {
        Some(known) => known == reference,
        None => own.to_string() == reference,
    }
}

fn is_arn(own: &Text, reference: &str) -> bool {
    let pattern = Pattern::new(
        &Text::from(reference),
        Syntax {
            wildcards: true,
            variables: false,
        },
    )
    .0;
    let met = pattern.matches(own, &NoVariables, Case::Sensitive);
    !met.truth.is_false()
}

/// A pod, as a user names it.
struct PodRef<'a> {
    cluster: &'a str,
    namespace: &'a str,
    service_account: &'a str,
}

impl<'a> PodRef<'a> {
    fn new(cluster: &'a str, namespace: &'a str, service_account: &'a str) -> Self {
        Self {
            cluster,
            namespace,
            service_account,
        }
    }

    fn of(pod: &'a Pod) -> Self {
        Self::new(&pod.cluster, &pod.namespace, &pod.service_account)
    }

    fn owned(&self) -> Pod {
        Pod {
            cluster: self.cluster.to_owned(),
            namespace: self.namespace.to_owned(),
            service_account: self.service_account.to_owned(),
        }
    }
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(
        &Text::from(text),
        Syntax {
            wildcards: true,
            variables: false,
        },
    )
    .0
}

/// Whether a text is the ARN without the six characters of Secrets Manager, which AWS accepts as well.
///
/// AWS: docs/semantics.md#names-in-arns
fn is_partial_arn(whole: &Text, text: &str) -> bool {
    let prefix = format!("{text}-");
    whole.literal().starts_with(&prefix) && whole.literal().len() <= prefix.len() + 6
}

fn glob(wanted: &str, text: &str) -> bool {
    // Most references are plain, and each is compared with every object.
    if !wanted.contains(['*', '?']) {
        return wanted == text;
    }
    pattern(wanted).matches_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        inventory::{AccountId, Attribute, KeyRef, Listed, Region, Replica, ResourcePolicy},
        source::{Origin, Spanned},
        text::{Hole, HoleKind},
    };

    fn secret() -> Secret {
        let head = Text::from("arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-");
        Secret {
            arn: head.then(&Text::hole(
                "suffix of vault:dev/db",
                HoleKind::SecretSuffix,
            )),
            name: "dev/db".into(),
            account: AccountId::parse("444455556666").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
            tags: Tags::unstated(Origin::NOWHERE),
            key: KeyRef::Unknown(Hole::unstated()),
            policy: ResourcePolicy::Unknown(Hole::unstated()),
            replicas: Listed::all(vec![Replica {
                region: Spanned::new("eu-west-1".into(), Origin::NOWHERE),
                key: KeyRef::Unknown(Hole::unstated()),
            }]),
            deleted: Attribute::Absent,
            origin: Origin::NOWHERE,
        }
    }

    #[test]
    fn a_replica_has_the_arn_of_its_region() {
        assert_eq!(
            secret().arn_in("eu-west-1").to_string(),
            "arn:aws:secretsmanager:eu-west-1:444455556666:secret:dev/db-??????"
        );
    }

    #[test]
    fn an_alias_belongs_to_the_account_and_region_of_its_caller_or_of_its_arn() {
        let key = |account: &str, region: &str, id: &str| KmsKey {
            arn: Text::from(format!("arn:aws:kms:{region}:{account}:key/{id}")),
            name: None,
            account: account.into(),
            region: region.into(),
            policy: Attribute::unstated(),
            aliases: vec!["alias/app".into()],
            more_aliases: None,
            grants: Listed::default(),
            tags: Tags::unstated(Origin::NOWHERE),
            aws_managed: false,
            enabled: Attribute::Absent,
            unfit: Attribute::Absent,
            origin: Origin::NOWHERE,
        };
        let (shop, vault) = ("111122223333", "444455556666");
        let inventory = Inventory {
            keys: vec![
                key(shop, "us-east-1", "a"),
                key(shop, "eu-west-1", "b"),
                key(vault, "us-east-1", "c"),
            ],
            ..Inventory::default()
        };
        for (reference, id) in [
            ("alias/app", Some("a")),
            ("a", Some("a")),
            ("c", None),
            ("arn:aws:kms:us-east-1:444455556666:alias/app", Some("c")),
            ("arn:aws:kms:eu-west-1:111122223333:alias/app", Some("b")),
            ("arn:aws:kms:eu-west-1:444455556666:alias/app", None),
            ("arn:aws:kms:us-east-1:444455556666:key/c", Some("c")),
            ("arn:aws:kms:us-east-1:444455556666:key/a", None),
        ] {
            let actual = inventory.find_key(reference, shop, "us-east-1");
            let actual = actual.and_then(|key| key.arn.literal().rsplit('/').next());
            assert_eq!(actual, id, "{reference}");
        }
    }

    #[test]
    fn an_unknown_replica_may_be_in_any_region() {
        let may = |open: Option<Hole>, is_closed: bool, name: &str| {
            let mut inventory = Inventory::default();
            inventory.closed.all = is_closed;
            let mut secret = secret();
            secret.replicas.open = open;
            inventory.secrets.push(secret);
            inventory.may_have_replica(name, "444455556666", "eu-north-1")
        };
        let arn = "arn:aws:secretsmanager:eu-north-1:444455556666:secret:dev/db";
        for name in ["dev/db", arn, &format!("{arn}-Zx81Qp")] {
            assert!(may(Some(Hole::any("var.region")), true, name), "{name}");
            assert!(may(Some(Hole::unstated()), false, name), "{name}");
            assert!(!may(Some(Hole::unstated()), true, name), "{name}");
            assert!(!may(None, false, name), "{name}");
        }
        assert!(!may(Some(Hole::any("var.region")), true, "dev/other"));
    }

    #[test]
    fn names_and_arns_find_the_secret() {
        let inventory = Inventory {
            secrets: vec![secret()],
            ..Inventory::default()
        };
        let arn = "arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db";
        for reference in [
            "dev/db",
            "444455556666:dev/db",
            "dev/*",
            &format!("{arn}-Zx81Qp"),
        ] {
            assert_eq!(inventory.find_objects(reference).len(), 1, "{reference}");
        }
        assert!(inventory.find_objects("dev/other").is_empty());
        let resolves = |name: &str, region| {
            inventory
                .resolve(name, &SECRETS_MANAGER, "444455556666", region)
                .is_some()
        };
        assert!(
            resolves("dev/db", "us-east-1")
                && resolves("dev/db", "eu-west-1")
                && !resolves("dev/db", "eu-north-1")
        );
        assert!(resolves(arn, "us-east-1") && resolves(&format!("{arn}-Zx81Qp"), "us-east-1"));
        assert!(!resolves(
            "arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/d-Zx81Qp",
            "us-east-1"
        ));
        for suffix in ["", "-Zx81Qp"] {
            let arn = |region: &str| {
                format!("arn:aws:secretsmanager:{region}:444455556666:secret:dev/db{suffix}")
            };
            assert!(resolves(&arn("eu-west-1"), "eu-west-1"), "a replica");
            assert!(!resolves(&arn("eu-north-1"), "eu-north-1"), "no replica");
        }
    }
}
