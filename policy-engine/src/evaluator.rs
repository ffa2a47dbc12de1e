//! Decides a request against the policies that apply to it, in AWS's documented order (docs/semantics.md#order-of-evaluation).
//!
//! One walk serves both uses: with the silent observer it compiles to the bare decision and allocates nothing; with the
//! tracing observer it also returns the explanation. It never fails, and reads only its arguments.

pub mod explain;
pub mod operators;
pub mod organization;

mod algebra;
mod condition;
mod context;
mod element;
mod grants;
mod observer;
mod outcome;
mod policies;
mod report;
mod side;
mod statement;

use crate::{
    policy::{
        PolicyType,
        set::{CompiledStatement, PolicySet},
        statement::Effect,
    },
    request::{Principal, Request},
    truth::Truth,
    uncertainty::{Uncertainties, Uncertainty},
};
pub use observer::{CompiledStatementRef, Observer, Silent};
pub use outcome::{Decision, Outcome, Verdict};
pub use policies::Policies;
pub use side::Side;

use algebra::{Access, Allows, Caller, Kind};
use context::View;
use explain::{Explanation, Tracer};
use statement::{Naming, Way};
use std::sync::Arc;

/// Decides a request; `other` holds the uncertainties for which the other branch applies.
pub fn evaluate(request: &Request, policies: &Policies<'_>, other: Uncertainties) -> Outcome {
    observe(request, policies, other, &mut Silent)
}

/// Decides a request and explains the decision.
pub fn explain(
    request: &Request,
    policies: &Policies<'_>,
    other: Uncertainties,
) -> (Outcome, Explanation) {
    let mut tracer = Tracer::default();
    let outcome = observe(request, policies, other, &mut tracer);
    (outcome, tracer.finish(request, policies, other, &outcome))
}

/// The uncertainties whose other branch would change the decision.
pub fn assumed(
    request: &Request,
    policies: &Policies<'_>,
    other: Uncertainties,
    outcome: &Outcome,
) -> Uncertainties {
    let mut assumed = Uncertainties::NONE;
    for entry in outcome.touched.iter() {
        if evaluate(request, policies, other.toggled(entry)).decision != outcome.decision {
            assumed.insert(entry);
        }
    }
    assumed
}

/// Decides a request and reports each step to an observer.
pub fn observe<O: Observer>(
    request: &Request,
    policies: &Policies<'_>,
    other: Uncertainties,
    observer: &mut O,
) -> Outcome {
    let view = View::new(request, other);
    let mut judge = Judge {
        request,
        view: &view,
        bounded: policies.boundary.map_or(Truth::False, |set| {
            Truth::True.and(if set.may_be_missing() {
                Truth::Unknown
            } else {
                Truth::True
            })
        }),
        observer,
    };
    let voices = Voices {
        session: policies
            .session
            .map(|set| judge.hear(Side::Session, 0, set)),
        identity: policies
            .identity
            .map(|set| judge.hear(Side::Identity, 0, set)),
        boundary: policies
            .boundary
            .map(|set| judge.hear(Side::Boundary, 0, set)),
        scp: organization::scps(request, policies, &view)
            .map(|levels| judge.levels(Side::Scp, levels)),
        rcp: organization::rcps(request, policies, &view)
            .map(|levels| judge.denies(Side::Rcp, levels)),
        endpoint: policies
            .endpoint
            .filter(|_| !request.traits.forwarded)
            .map(|set| judge.hear(Side::Endpoint, 0, set)),
        resource: policies
            .resource
            .filter(|_| !is_alias(request))
            .map(|set| judge.hear(Side::Resource, 0, set)),
    };
    decide(request, &voices, &view)
}

/// The result of the statements of a set for a request.
#[derive(Clone, Copy, Debug)]
struct Voice {
    deny: Truth,
    allow: Naming,
}

#[derive(Clone, Copy, Debug)]
struct Voices {
    session: Option<Voice>,
    identity: Option<Voice>,
    boundary: Option<Voice>,
    scp: Option<Voice>,
    rcp: Option<Voice>,
    endpoint: Option<Voice>,
    resource: Option<Voice>,
}

struct Judge<'a, 'v, O> {
    request: &'a Request,
    view: &'a View<'v>,
    bounded: Truth,
    observer: &'a mut O,
}

impl<O: Observer> Judge<'_, '_, O> {
    fn hear(&mut self, side: Side, level: usize, set: &PolicySet) -> Voice {
        self.view.set_key_policy(set.kind() == PolicyType::Key);
        self.observer.enter_set(side, level, set);
        let open = Truth::from(!set.unknown().is_empty()).and(Truth::Unknown);
        let mut voice = Voice {
            deny: open,
            allow: Naming::all(open),
        };
        if O::TRACING {
            // Statements about other actions are near misses, too.
            for statement in set.statements() {
                self.try_statement(set, statement, &mut voice);
            }
        } else {
            set.candidates(self.request, |statement| {
                self.try_statement(set, statement, &mut voice);
            });
        }
        self.view.set_key_policy(false);
        voice
    }

    fn try_statement(&mut self, set: &PolicySet, statement: &CompiledStatement, voice: &mut Voice) {
        self.observer
            .enter(&CompiledStatementRef { set, statement });
        let naming = statement::matches(
            set,
            statement,
            self.request,
            self.view,
            self.bounded,
            self.observer,
        );
        match statement.effect {
            Effect::Allow => voice.allow = voice.allow.or(naming),
            Effect::Deny => voice.deny = voice.deny.or(naming.any()),
        }
        self.observer.leave(statement.effect, naming.any());
    }

    /// Levels that must all allow: service control policies.
    fn levels(&mut self, side: Side, levels: &[Arc<PolicySet>]) -> Voice {
        let mut all = Voice {
            deny: Truth::False,
            allow: Naming::all(Truth::True),
        };
        for (at, level) in levels.iter().enumerate() {
            let voice = self.hear(side, at, level);
            all.deny = all.deny.or(voice.deny);
            all.allow = Naming::all(all.allow.any().and(voice.allow.any()));
        }
        all
    }

    /// Levels of which only the denials count: AWS attaches an Allow for everything beside every resource control policy.
    fn denies(&mut self, side: Side, levels: &[Arc<PolicySet>]) -> Voice {
        let voice = self.levels(side, levels);
        Voice {
            deny: voice.deny,
            allow: Naming::all(Truth::True),
        }
    }
}

fn decide(request: &Request, voices: &Voices, view: &View<'_>) -> Outcome {
    let denies = |voice: Option<Voice>| voice.map_or(Truth::False, |voice| voice.deny);
    let deny = denies(voices.session)
        .or(denies(voices.identity))
        .or(denies(voices.boundary))
        .or(denies(voices.scp))
        .or(denies(voices.rcp))
        .or(denies(voices.endpoint))
        .or(denies(voices.resource));
    let situation = Situation::new(request);
    let allows = allows(request, voices, &situation, view);
    let access = situation.access(&allows);
    let passes = |voice: Option<Voice>| voice.map_or(Truth::True, |voice| voice.allow.any());
    let (scp, endpoint) = (passes(voices.scp), passes(voices.endpoint));
    // `sts:GetCallerIdentity` succeeds under any policies.
    let decision = if request.action.is("sts:getcalleridentity") {
        Decision::Allow
    } else if deny.is_true() {
        Decision::ExplicitDeny
    } else {
        match algebra::allowed(&access.allow, &scp, &endpoint, &deny) {
            Truth::True => Decision::Allow,
            Truth::Unknown => Decision::Unknown,
            Truth::False => Decision::ImplicitDeny,
        }
    };
    let gate = |voice: Option<Voice>| {
        voice.map(|voice| verdict(voice.deny, voice.allow.any(), Truth::False))
    };
    let resource_side = voices.resource.is_some()
        || situation.kind != Kind::Ordinary
        || !situation.same_account.is_true();
    // What boundary and session policy stop may still be allowed by a resource's policy that names the caller itself.
    let without_resource = match access.resource {
        Truth::Unknown => access
            .without_resource
            .and(allows.boundary)
            .and(allows.session),
        Truth::True | Truth::False => access.without_resource,
    };
    Outcome {
        decision,
        // A federated user without a session policy is refused for the lack of one.
        session: (voices.session.is_some() || !allows.session.is_true())
            .then(|| verdict(denies(voices.session), allows.session, access.without_caps)),
        identity: (situation.caller == Caller::Account).then(|| {
            verdict(
                denies(voices.identity),
                allows.identity,
                access.without_identity,
            )
        }),
        boundary: voices
            .boundary
            .map(|voice| verdict(voice.deny, allows.boundary, access.without_caps)),
        scp: gate(voices.scp),
        rcp: gate(voices.rcp),
        endpoint: gate(voices.endpoint),
        resource: resource_side
            .then(|| verdict(denies(voices.resource), access.resource, without_resource)),
        touched: view.touched(),
    }
}

/// The verdict of a policy type, given whether the request is allowed without it.
fn verdict(deny: Truth, allow: Truth, without: Truth) -> Verdict {
    if deny.is_true() {
        return Verdict::Deny;
    }
    match allow {
        Truth::True if deny.is_false() => Verdict::Allow,
        Truth::True => Verdict::Unknown,
        _ if without.is_true() && deny.is_false() => Verdict::NotNeeded,
        // Its Allow is not needed, and whether it denies is open.
        _ if without.is_true() => Verdict::Unknown,
        Truth::Unknown => Verdict::Unknown,
        Truth::False => Verdict::Refuse,
    }
}

/// The caller and the kind of resource, as far as they decide which policies count.
struct Situation {
    caller: Caller,
    kind: Kind,
    same_account: Truth,
}

impl Situation {
    fn new(request: &Request) -> Self {
        let caller = match &request.principal {
            Principal::Root { .. } => Caller::Root,
            Principal::User { .. }
            | Principal::Session { .. }
            | Principal::FederatedUser { .. } => Caller::Account,
            Principal::Service(_) => Caller::Service,
            Principal::WebIdentity { .. } => Caller::Provider,
            Principal::Anonymous => Caller::Anonymous,
        };
        let kind = if is_key(request) {
            Kind::Key
        } else if is_role(request) {
            Kind::Role
        } else {
            Kind::Ordinary
        };
        let elsewhere = is_other_partition(request);
        let same_account = match (request.principal.account(), &request.resource_account) {
            (Some(_), Some(_)) if elsewhere.is_true() => Truth::False,
            (Some(own), Some(owner)) if own == owner => !elsewhere,
            (Some(own), Some(owner)) if own.is_known() && owner.is_known() => Truth::False,
            (Some(_), Some(_)) => Truth::Unknown,
            // An action without a resource stays in the caller's account.
            (Some(_), None) if request.resource.text().known() == Some("*") => Truth::True,
            (Some(_), None) => Truth::Unknown,
            (None, _) => Truth::False,
        };
        Self {
            caller,
            kind,
            same_account,
        }
    }

    fn access(&self, allows: &Allows<Truth>) -> Access<Truth> {
        let access = |same| algebra::access(self.caller, same, self.kind, allows);
        match self.same_account {
            Truth::True => access(true),
            Truth::False => access(false),
            Truth::Unknown => {
                let (same, cross) = (access(true), access(false));
                Access {
                    allow: agree(same.allow, cross.allow),
                    resource: agree(same.resource, cross.resource),
                    ..cross
                }
            }
        }
    }
}

/// The Allows of a request. Uncertainties are settled here, so that the algebra stays plain.
fn allows(
    request: &Request,
    voices: &Voices,
    situation: &Situation,
    view: &View<'_>,
) -> Allows<Truth> {
    let any = |voice: Option<Voice>, default| voice.map_or(default, |voice| voice.allow.any());
    let named = voices.resource.map_or(Naming::NONE, |voice| voice.allow);
    let federated = matches!(request.principal, Principal::FederatedUser { .. });
    let (boundary, session) = (
        any(voices.boundary, Truth::True),
        // A federated user without a passed policy has no permissions of its own.
        any(voices.session, Truth::from(!federated)),
    );
    let is_own = situation.caller == Caller::Account && !situation.same_account.is_false();
    let is_foreign = !situation.same_account.is_true();
    let granted = if situation.kind == Kind::Key {
        grants::allow(request, view)
    } else {
        Truth::False
    };
    // Whether boundary and session policy limit a grant is not known (U-32).
    let grant = if is_own {
        let limited = granted.and(boundary).and(session);
        view.choose(Uncertainty::GRANT_LIMITS, granted, limited)
    } else {
        Truth::False
    };
    let mut crosses = Truth::from(organization::crosses_accounts(&request.action));
    if request.traits.in_batch && is_foreign {
        crosses = view.choose(Uncertainty::BATCH_ACROSS_ACCOUNTS, crosses, Truth::False);
    }
    Allows {
        identity: any(voices.identity, Truth::False),
        boundary,
        session,
        direct: named.in_way(Way::Direct),
        role: named.in_way(Way::Role),
        account: named.in_way(Way::Account),
        parent: named.in_way(Way::Parent),
        foreign: named.in_way(Way::Foreign),
        grant,
        foreign_grant: granted,
        crosses,
    }
}

fn agree(left: Truth, right: Truth) -> Truth {
    if left == right { left } else { Truth::Unknown }
}

/// Whether the resource is a KMS key. Actions on `*` name no key, and no key policy applies to them.
pub(crate) fn is_key(request: &Request) -> bool {
    request.action.service() == "kms"
        && request.resource.text().known() != Some("*")
        && !is_alias(request)
}

/// Whether the resource is an alias, which has no policy: the identity side alone decides.
///
/// AWS KMS Developer Guide, "Controlling access to aliases".
pub(crate) fn is_alias(request: &Request) -> bool {
    request.action.service() == "kms"
        && request
            .resource
            .literal(5)
            .is_some_and(|resource| resource.starts_with("alias/"))
}

/// Whether the resource is in another partition than the caller: the same twelve digits are another account there.
///
/// AWS: docs/semantics.md#callers
fn is_other_partition(request: &Request) -> Truth {
    let resource = &request.resource;
    if !resource.text().is_known() && resource.segment(1).is_some_and(|own| !own.is_known()) {
        return Truth::Unknown;
    }
    let partition = resource.literal(1);
    let partition = partition.filter(|partition| partition.starts_with("aws"));
    partition.map_or(Truth::False, |partition| {
        statement::is_elsewhere(request, partition)
    })
}

/// Whether the resource is a role that the caller assumes.
pub(crate) fn is_role(request: &Request) -> bool {
    request.action.service() == "sts"
        && request
            .resource
            .literal(5)
            .is_some_and(|resource| resource.starts_with("role/"))
}

#[cfg(test)]
mod tests;
