//! The question of a mount to the snapshot: that of `ascp-policy simulate`, for the objects of the request.

use super::clusters;
use policy_engine::{
    disarm::disarmed,
    evaluator::Decision,
    inventory::{Pod, Via, promise::Ask},
    request::ContextValue,
    service::{ServiceProfile, behind, referenced_secret},
    simulator::{
        Question, Simulator, Target, Walk,
        mounts::{Failover, MountPoint},
    },
    snapshot::Snapshot,
    source::{Origin, Spanned},
    syntax::arn::Arn,
    text::Text,
    uncertainty::Uncertainties,
};
use std::fmt::Write as _;

/// The longest sentence, in bytes; an event has room for two.
const LONGEST: usize = 480;

/// A mount as the engine needs it.
#[derive(Clone, Debug)]
pub(crate) struct MountQuestion {
    /// The pod's namespace.
    pub(crate) namespace: String,
    /// The pod's service account.
    pub(crate) service_account: String,
    /// The pod's name.
    pub(crate) pod_name: String,
    /// The pod's uid.
    pub(crate) pod_uid: String,
    /// The issuer of the pod's token.
    pub(crate) issuer: Option<String>,
    /// The role in the annotation of the service account; `None` for Pod Identity.
    pub(crate) role: Option<String>,
    /// The primary region.
    pub(crate) region: String,
    /// The failover region.
    pub(crate) failover_region: Option<String>,
    /// The objects of the mount.
    pub(crate) objects: Vec<Wish>,
}

/// An object of the mount.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// The service of the object.
    pub(crate) service: &'static ServiceProfile,
    /// Name or ARN.
    pub(crate) name: String,
    /// The version, or empty.
    pub(crate) version: String,
    /// The label, or empty.
    pub(crate) label: String,
    /// Name or ARN in the failover region.
    pub(crate) failover_name: String,
}

/// The verdict of the snapshot on an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// AWS allows the read.
    Allow,
    /// AWS does not allow the read; the cause in one sentence, with its place.
    NotAllowed(String),
    /// A fact is missing; the reason.
    Undecided(String),
}

/// The verdict "undecided" for every object, with one reason.
pub(super) fn all_undecided(question: &MountQuestion, reason: &str) -> Vec<Verdict> {
    vec![Verdict::Undecided(reason.to_owned()); question.objects.len()]
}

/// One verdict per object.
pub(super) fn answer(
    snapshot: &Snapshot,
    simulator: &Simulator<'_>,
    cluster: Option<&str>,
    question: &MountQuestion,
) -> Vec<Verdict> {
    let inventory = &snapshot.inventory;
    let issuer = question.issuer.as_deref();
    let selected = cluster
        .map(str::to_owned)
        .or_else(|| clusters::of_issuer(inventory, issuer?));
    let Some(cluster) = selected else {
        let reason = "the policy snapshot contains several clusters, and neither --policy-cluster nor the issuer of the pod's token selects one";
        return all_undecided(question, reason);
    };
    let pod = Pod {
        cluster,
        namespace: question.namespace.clone(),
        service_account: question.service_account.clone(),
    };
    if let Some(reason) = other_role(snapshot, &pod, question) {
        return all_undecided(question, &reason);
    }
    let account = caller(snapshot, &pod, question);
    let wishes = question.objects.iter();
    wishes
        .map(|wish| ask(snapshot, simulator, &pod, &account, question, wish))
        .collect()
}

/// The reason for "undecided" if the snapshot contains another role for the service account: it is older or newer than the cluster.
fn other_role(snapshot: &Snapshot, pod: &Pod, question: &MountQuestion) -> Option<String> {
    let role = question.role.as_ref()?;
    let mut accounts = snapshot.inventory.service_accounts.iter();
    let known = accounts
        .find(|account| account.pod == *pod)?
        .irsa
        .as_ref()?;
    (known.value != *role).then(|| {
        let text = format!(
            "the service account has the role {role}, and the policy snapshot contains {}",
            known.value
        );
        bounded(&text, LONGEST)
    })
}

/// The account of plain names: that of the role that reads.
fn caller(snapshot: &Snapshot, pod: &Pod, question: &MountQuestion) -> String {
    let inventory = &snapshot.inventory;
    let mut associations = inventory.associations.iter();
    let associated = associations
        .find(|association| association.pod() == *pod)
        .and_then(|association| association.reader())
        .map(|role| &role.value);
    let role = question.role.as_ref().or(associated);
    let cluster = inventory.cluster(&pod.cluster);
    role.and_then(|role| Arn::parse(role))
        .map(|arn| arn.account)
        .or(cluster.map(|cluster| cluster.account.as_str()))
        .unwrap_or_default()
        .to_owned()
}

fn ask(
    snapshot: &Snapshot,
    simulator: &Simulator<'_>,
    pod: &Pod,
    account: &str,
    question: &MountQuestion,
    wish: &Wish,
) -> Verdict {
    let inventory = &snapshot.inventory;
    let (service, by_reference) = behind(wish.service, &wish.name);
    let find = |name: &str, region: &str| {
        let secret = referenced_secret(name).filter(|_| by_reference);
        let object = inventory.resolve(secret.unwrap_or(name), service, account, region)?;
        // A partial ARN can match a secret and a parameter; the kind must be that of the request.
        (object.profile() == service).then_some(object)
    };
    let name = written(simulator, pod, wish);
    let failover = question.failover_region.as_deref().map(|region| Failover {
        region,
        name: &wish.failover_name,
        object: find(&wish.failover_name, region),
    });
    let object = find(&wish.name, &question.region);
    let home = inventory.cluster(&pod.cluster);
    let away = home.is_some_and(|home| home.account != account) && !wish.name.starts_with("arn:");
    let unknown = object.is_none()
        || failover
            .as_ref()
            .is_some_and(|failover| failover.object.is_none());
    if away && unknown {
        // `closed` of the snapshot is about the account of the cluster, and the object is in another account.
        let missing = format!(
            "the policy snapshot does not contain {} in account {account}",
            wish.name
        );
        return Verdict::Undecided(bounded(&missing, LONGEST));
    }
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (version, label) = (some(&wish.version), some(&wish.label));
    let via = match question.role {
        Some(_) => Via::Irsa,
        None => Via::PodIdentity,
    };
    // The mount has checked its class; the class of the snapshot can be older.
    let mount = MountPoint {
        by_reference,
        object,
        account,
        region: Some(question.region.clone()),
        failover,
        version: version.as_deref(),
        label: label.as_deref(),
        via: Some(via),
        ..MountPoint::new(pod.clone(), service, &name)
    };
    let given = given(question);
    let asked = Question {
        pod,
        target: Target::Mount(&mount),
        ask: &Ask::Read,
        via: Some(via),
        given: &given,
        other: Uncertainties::NONE,
    };
    let walk = simulator.walk(&asked);
    match walk.decision {
        Decision::Allow => Verdict::Allow,
        Decision::Unknown => {
            let missing = format!(
                "the policy snapshot does not contain {}",
                walk.unknown.join(", ")
            );
            Verdict::Undecided(bounded(&missing, LONGEST))
        }
        Decision::ImplicitDeny | Decision::ExplicitDeny => {
            let cause = cause(snapshot, simulator, &asked, &walk);
            Verdict::NotAllowed(bounded(&cause, LONGEST))
        }
    }
}

/// The session tags with name and uid of the pod, which only a mount request contains.
fn given(question: &MountQuestion) -> Vec<(String, ContextValue)> {
    let tags = [
        ("kubernetes-pod-name", &question.pod_name),
        ("kubernetes-pod-uid", &question.pod_uid),
    ];
    let known = tags.into_iter().filter(|(_, value)| !value.is_empty());
    known
        .map(|(tag, value)| {
            let value = ContextValue::Single(Text::from(value.as_str()));
            (format!("aws:PrincipalTag/{tag}"), value)
        })
        .collect()
}

/// The name, with its place in the classes or mounts of the snapshot.
fn written(simulator: &Simulator<'_>, pod: &Pod, wish: &Wish) -> Spanned<String> {
    let mut mounts = simulator.mounts().iter();
    let known = mounts.find(|mount| {
        mount.pod == *pod
            && mount.service == behind(wish.service, &wish.name).0
            && mount.name.value == wish.name
    });
    let origin = known.map_or(Origin::NOWHERE, |mount| mount.name.origin);
    Spanned::new(wish.name.clone(), origin)
}

/// The first cause in one sentence, with its place.
fn cause(
    snapshot: &Snapshot,
    simulator: &Simulator<'_>,
    question: &Question<'_>,
    walk: &Walk,
) -> String {
    let Some(reason) = rules::explain::explain(simulator, question, walk) else {
        let stage = walk.deciding().map_or("policy", |stage| stage.name.word());
        return format!("stage {stage} does not allow it");
    };
    let mut text = reason.sentence;
    if let Some(place) = reason.place.and_then(|origin| place(snapshot, origin)) {
        // The sentence is cut before the place is: the reader needs the place.
        let room = LONGEST.saturating_sub(place.len() + 4);
        truncate(&mut text, room);
        let _ = write!(text, " ({place})");
    }
    text
}

/// The place as text: `terraform/shop/pods.tf:28`, or for a plan `plan.json: aws_iam_policy.read`.
pub(super) fn place(snapshot: &Snapshot, origin: Origin) -> Option<String> {
    let place = snapshot.place(origin).filter(|_| origin.is_somewhere())?;
    let mut file = place.file.to_owned();
    truncate(&mut file, 160);
    let text = match place.address {
        Some(address) => {
            let mut address = address.to_owned();
            truncate(&mut address, 160);
            format!("{file}: {address}")
        }
        None => format!("{file}:{}", place.line),
    };
    Some(disarmed(&text))
}

/// Cuts a text at the end of a character.
fn truncate(text: &mut String, room: usize) {
    if text.len() <= room {
        return;
    }
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or(0));
    text.push('…');
}

/// A text of the snapshot as one disarmed line of at most `room` bytes.
pub(super) fn bounded(text: &str, room: usize) -> String {
    let mut text = disarmed(text);
    truncate(&mut text, room);
    text
}
