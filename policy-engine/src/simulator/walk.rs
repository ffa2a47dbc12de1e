//! The walk itself: from a pod to its role, to the object, to the key.

mod assume;
mod branches;
mod key;
mod pod;
mod read;

use super::{
    Call, Question, Session, Simulator, Stage, StageName, Step, Target, Walk,
    compiled::Membership,
    context::{self, SessionFacts},
    mounts::MountPoint,
    stages,
};
use crate::{
    evaluator::{self, Decision, Policies, Verdict},
    inventory::{Attribute, Cluster, Inventory, Role, Via, find::Object, promise::Ask},
    policy::set::PolicySet,
    request::{Action, Context, ContextValue, Principal, Request, Traits},
    service::ServiceProfile,
    text::Text,
    uncertainty::Uncertainties,
};
use std::sync::Arc;

impl Simulator<'_> {
    /// Answers a question.
    pub fn walk(&self, question: &Question<'_>) -> Walk {
        let mut walk = self::walk(self, question, question.other);
        let touched = walk.calls.iter().fold(Uncertainties::NONE, |all, call| {
            all.union(call.outcome.touched)
        });
        for entry in touched.iter() {
            let other = self::walk(self, question, question.other.toggled(entry));
            if other.decision != walk.decision {
                walk.assumed.insert(entry);
                let deciding = other.deciding().or_else(|| walk.deciding());
                let place = deciding.map(|stage| (stage.name, stage.region.clone()));
                walk.assumed_at = walk.assumed_at.or_else(|| {
                    walk.stages
                        .iter()
                        .position(|stage| Some((stage.name, stage.region.clone())) == place)
                });
            }
        }
        walk
    }

    /// Decides a question without the uncertainties.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        self::walk(self, question, question.other).decision
    }
}

/// Walks one question.
fn walk(simulator: &Simulator<'_>, question: &Question<'_>, other: Uncertainties) -> Walk {
    let mount = match question.target {
        Target::Mount(mount) => Some(mount),
        Target::Object(object) => simulator.mount_of(question.pod, object),
    };
    let walk = |assume_tags: bool| {
        let mut walker = Walker {
            simulator,
            question,
            other,
            mount,
            cluster: simulator.inventory.cluster(&question.pod.cluster),
            assume_tags,
            stages: Vec::new(),
            calls: Vec::new(),
            via: None,
        };
        let session = walker.follow();
        walker.finish(session)
    };
    let association = simulator.association_of(question.pod);
    let open = association.and_then(|association| association.session_tags.hole());
    match open {
        None => walk(true),
        Some(hole) => {
            let pod = || simulator.inventory.pod_name(question.pod);
            let missing = hole.reason(|| format!("session tags of the association of {}", pod()));
            branches::join(walk(true), walk(false), &missing)
        }
    }
}

struct Walker<'a, 'w> {
    simulator: &'a Simulator<'w>,
    question: &'a Question<'a>,
    other: Uncertainties,
    mount: Option<&'a MountPoint<'a>>,
    cluster: Option<&'a Cluster>,
    /// Whether EKS sets session tags, if the association leaves it open.
    assume_tags: bool,
    stages: Vec<Stage>,
    calls: Vec<Call>,
    via: Option<Via>,
}

/// The requests in a region.
struct Place<'a> {
    region: String,
    object: Object<'a>,
    /// The region in the stages of the failover region.
    label: Option<String>,
}

/// The services of the default token audiences.
const POD_IDENTITY: &str = "pods.eks.amazonaws.com";
const STS: &str = "sts.amazonaws.com";

impl<'a> Walker<'a, '_> {
    fn follow(&mut self) -> Option<SessionFacts> {
        self.class();
        self.deletion();
        let via = self.via();
        let (role_arn, association) = self.association(via)?;
        let mut session = self.trust(&role_arn, association)?;
        match association.map(|association| &association.target_role) {
            None | Some(Attribute::Absent) => {}
            Some(Attribute::Known(target)) => {
                session = self.chain(&session, &target.value, association)?;
            }
            // Which role reads is not known.
            Some(Attribute::Unknown(hole)) => {
                let pod = self.simulator.inventory.pod_name(self.question.pod);
                let missing = hole.reason(|| format!("target role of the association of {pod}"));
                self.stages
                    .push(stages::open(StageName::Chain, pod, missing));
                return None;
            }
        }
        // A session policy restricts the session that reads: the target role's, where there is one.
        let policy =
            association.and_then(|association| self.simulator.compiled.session(association));
        for place in self.places() {
            self.read(&session, policy, &place);
        }
        Some(session)
    }

    /// The keys of every request of a session in a region.
    fn session_context(&self, session: &SessionFacts, region: &str) -> Arc<Context> {
        let mut context = context::common(region);
        let place = self.simulator.compiled.membership(&session.account);
        session.describe(&mut context, self.simulator.inventory, place);
        Arc::new(context)
    }

    fn traits(session: &SessionFacts) -> Traits {
        Traits {
            unique_id: session.unique_id.clone(),
            ..Traits::default()
        }
    }

    fn policies<'p>(
        &self,
        caller: Option<&SessionFacts>,
        session: Option<&'p PolicySet>,
        resource: Option<&'p PolicySet>,
        owner: Option<&'p Membership>,
    ) -> Policies<'p>
    where
        'a: 'p,
    {
        let compiled = &self.simulator.compiled;
        let sets = caller.and_then(|caller| compiled.role(&caller.role));
        let own = caller
            .and_then(|caller| compiled.membership(&caller.account))
            .filter(|place| !place.management);
        Policies {
            identity: sets.map(|sets| &sets.identity),
            boundary: sets.and_then(|sets| sets.boundary.as_ref()),
            session,
            resource,
            scp: own.map(|place| place.scps.as_slice()),
            rcp: owner
                .filter(|place| !place.management)
                .map(|place| place.rcps.as_slice()),
            endpoint: None,
        }
    }

    /// Name or uid of the pod, if the question contains it: a tag of the session, if the session has tags.
    fn tag_of_pod(&self, tag: &str) -> Option<Text> {
        let mut given = self.given();
        let (_, value) = given.find(|(key, _)| pod_tag(key) == Some(tag))?;
        match value {
            ContextValue::Single(text) => Some(text.clone()),
            ContextValue::Multi(_) | ContextValue::Absent | ContextValue::Unknown(_) => None,
        }
    }

    fn given(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        let world = self
            .simulator
            .inventory
            .given
            .iter()
            .map(|(key, value)| (key.value.as_str(), value));
        let own = self
            .question
            .given
            .iter()
            .map(|(key, value)| (key.as_str(), value));
        // The question's own keys are last in the context and first in a search.
        own.chain(world)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one request, each named by its caller"
    )]
    fn call(
        &mut self,
        step: Step,
        region: &str,
        action: &str,
        principal: Principal,
        resource: Text,
        owner: Text,
        context: Context,
        traits: Traits,
        policies: &Policies<'_>,
    ) {
        let Some(action) = Action::new(action) else {
            return;
        };
        let forwarded = traits.forwarded;
        let mut builder = Request::builder(principal, action, resource)
            .owner(Some(owner))
            .context(context)
            .traits(traits);
        let world = self.simulator.inventory.given.iter();
        let world = world.map(|(key, value)| (&key.value, value));
        let own = self.question.given.iter().map(|(key, value)| (key, value));
        for (key, value) in world.chain(own) {
            if is_carried(key, forwarded) {
                builder = builder.key(key.clone(), value.clone());
            }
        }
        let request = builder.build();
        let (outcome, explanation) = evaluator::explain(&request, policies, self.other);
        self.calls.push(Call {
            step,
            region: region.to_owned(),
            request,
            outcome,
            explanation,
        });
    }

    fn push_step(&mut self, name: StageName, first: usize, region: Option<String>) {
        let calls: Vec<_> = self.calls.iter().enumerate().skip(first).collect();
        let mut stage = stages::step(name, &calls);
        stage.region = region;
        self.stages.push(stage);
    }

    fn finish(self, session: Option<SessionFacts>) -> Walk {
        let decided_by = self.deciding();
        let decision = match decided_by
            .and_then(|at| self.stages.get(at))
            .map(|stage| stage.result)
        {
            None | Some(Verdict::Allow | Verdict::NotNeeded) => Decision::Allow,
            Some(Verdict::Deny) => Decision::ExplicitDeny,
            Some(Verdict::Refuse) => Decision::ImplicitDeny,
            Some(Verdict::Unknown) => Decision::Unknown,
        };
        let mut unknown: Vec<String> = Vec::new();
        if decision == Decision::Unknown {
            let open = self
                .stages
                .iter()
                .filter(|stage| stage.result == Verdict::Unknown);
            for name in open.flat_map(|stage| &stage.unknown) {
                if !unknown.contains(name) {
                    unknown.push(name.clone());
                }
            }
        }
        let session = session.map(|facts| Session {
            tags: facts
                .effective_tags()
                .map(|(key, value)| (key.clone(), value.to_string()))
                .collect(),
            role: facts.role.to_string(),
        });
        Walk {
            decision,
            stages: self.stages,
            decided_by,
            calls: self.calls,
            session,
            via: self.via,
            unknown,
            assumed: Uncertainties::NONE,
            assumed_at: None,
        }
    }

    /// The stage that decides: of the first request that is denied or not allowed, else of the first that is unknown.
    ///
    /// A region that refuses has no effect if the other region allows (docs/guide/provider.md), except for the DescribeSecret
    /// of `rotate`, which every region must allow.
    fn deciding(&self) -> Option<usize> {
        let failover = self.stages.iter().any(|stage| stage.region.is_some());
        let blocks = |stage: &Stage| stage.result.blocks();
        let of_region =
            |stage: &Stage, second: bool| is_read(stage.name) && stage.region.is_some() == second;
        let failed = |second: bool| {
            self.stages
                .iter()
                .any(|stage| of_region(stage, second) && blocks(stage))
        };
        let forgiven = |stage: &Stage| {
            failover
                && is_read(stage.name)
                && *self.question.ask == Ask::Read
                && !(failed(false) && failed(true))
        };
        // Within a request, a denial is reported before a missing Allow.
        let mut candidates: Vec<_> = self
            .stages
            .iter()
            .enumerate()
            .filter(|(_, stage)| !forgiven(stage))
            .collect();
        candidates
            .sort_by_key(|(at, stage)| (request_of(stage), stage.result != Verdict::Deny, *at));
        let first = |test: fn(&Stage) -> bool| {
            candidates
                .iter()
                .find(|(_, stage)| test(stage))
                .map(|(at, _)| *at)
        };
        let blocking = candidates
            .iter()
            .find(|(at, stage)| stage.result.blocks() && self.really_blocks(*at));
        blocking
            .map(|(at, _)| *at)
            .or_else(|| first(|stage| stage.result == Verdict::Unknown))
    }

    /// A refusing stage of a data call decides only if the call as a whole was refused.
    fn really_blocks(&self, at: usize) -> bool {
        let Some(stage) = self.stages.get(at) else {
            return false;
        };
        let mut calls = stage
            .calls
            .iter()
            .filter_map(|number| self.calls.get(*number))
            .peekable();
        calls.peek().is_none()
            || calls.any(|call| {
                matches!(
                    call.outcome.decision,
                    Decision::ImplicitDeny | Decision::ExplicitDeny
                )
            })
    }
}

/// Whether a stage belongs to the read of the object, in either region.
fn is_read(name: StageName) -> bool {
    !matches!(
        name,
        StageName::Class | StageName::Association | StageName::Trust | StageName::Chain
    )
}

/// The step of the walk that a stage belongs to, in order.
fn request_of(stage: &Stage) -> (u8, bool, u8) {
    let second = stage.region.is_some();
    match stage.name {
        StageName::Class => (0, false, 0),
        StageName::Association => (1, false, 0),
        StageName::Trust => (2, false, 0),
        StageName::Chain => (3, false, 0),
        StageName::Key => (4, second, 1),
        _ => (4, second, 0),
    }
}

/// The action that the service requests on the key on behalf of the caller.
fn key_actions(action: &Action, object: Object<'_>) -> &'static [&'static str] {
    let advanced = matches!(object, Object::Parameter(parameter) if parameter.advanced);
    let profile = ServiceProfile::of(action.service());
    profile.map_or(&[], |profile| profile.key_actions(action.name(), advanced))
}

fn principal(session: &SessionFacts) -> Principal {
    Principal::Session {
        role: session.role.text().clone(),
        session: None,
        account: session.role.account_text(),
    }
}

/// The tags of the assumed role; an inherited tag with the same key replaces the role's.
fn tag_role(
    context: &mut Context,
    role: &Role,
    inherited: &[(String, Text)],
    inventory: &Inventory,
) {
    let tags = context::role_tags(role);
    for (key, value) in tags {
        let inherited_tag = inherited
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(&key));
        let value = inherited_tag.map_or(value, |(_, value)| value.clone());
        for prefix in context::ROLE_TAGS {
            context.set(
                format!("{prefix}{key}"),
                ContextValue::Single(value.clone()),
            );
        }
    }
    if let Some(open) = context::open_role_tags(role, inventory) {
        for prefix in context::ROLE_TAGS {
            context.open_prefix(prefix, open.as_str());
        }
    }
}

/// The tag of a session that distinguishes one pod from the others of its service account, by a condition key that names it.
fn pod_tag(key: &str) -> Option<&'static str> {
    let prefix = ["aws:PrincipalTag/", "aws:RequestTag/"];
    let is = |tag: &str| {
        let begins = |start: &str| {
            let (own, rest) = key.split_at_checked(start.len()).unwrap_or_default();
            own.eq_ignore_ascii_case(start) && rest.eq_ignore_ascii_case(tag)
        };
        prefix.into_iter().any(begins)
    };
    ["kubernetes-pod-name", "kubernetes-pod-uid"]
        .into_iter()
        .find(|tag| is(tag))
}

/// Whether a call contains a key that the user gave. A call that a service forwards does not contain the keys of the endpoint;
/// name and uid of the pod are tags of its session, and are set if there is a session.
fn is_carried(key: &str, forwarded: bool) -> bool {
    let network = [
        "aws:SourceVpce",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:VpcSourceIp",
    ];
    pod_tag(key).is_none()
        && !(forwarded && network.iter().any(|name| name.eq_ignore_ascii_case(key)))
}
