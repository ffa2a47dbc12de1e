//! Whether a statement matches a request, and if not, at which element it fails.

use super::{condition, context::View, element::Element, observer::Observer};
use crate::{
    policy::{
        PolicyType,
        set::{
            ActionPattern, ActionTest, CompiledStatement, PolicySet, PrincipalPattern,
            PrincipalTest, ResourceTest,
        },
        statement::Effect,
    },
    request::{Principal, Request},
    syntax::{
        arn::{ArnMatch, ArnPattern, Segmented},
        glob::{Case, Match, NoVariables, Pattern},
    },
    text::Text,
    truth::Truth,
    uncertainty::Uncertainty,
};

/// The ways in which the principals of a statement name the caller
/// (docs/semantics.md#how-a-resource-policy-names-the-caller).
///
/// Five truths in one word, two bits each: false is 00, unknown 01, true 11, so that AND and OR of the words are AND and OR of the truths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Naming(u16);

/// One of the ways; the number is the position of its bits.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// By session, user or federated user, or as everyone: boundary and session policy do not limit it.
    Direct = 0,
    /// By the ARN or id of the caller's role.
    Role = 2,
    /// By the caller's account.
    Account = 4,
    /// As the user who made this federated session.
    Parent = 6,
    /// As a service or through an identity provider.
    Foreign = 8,
}

impl Naming {
    pub(super) const NONE: Self = Self(0);

    const DIRECT: Self = Self(0b11);

    /// The caller is named in one way.
    pub(super) fn by(way: Way, truth: Truth) -> Self {
        Self(bits(truth) << way as u16)
    }

    /// The caller is named in the given ways: directly, by role, account, parent and as a foreigner.
    #[cfg(test)]
    pub(super) fn of(ways: [Truth; 5]) -> Self {
        let ways = ways.into_iter().zip((0..).step_by(2));
        Self(ways.fold(0, |all, (truth, place)| all | bits(truth) << place))
    }

    /// The caller is named in every way.
    pub(super) fn all(truth: Truth) -> Self {
        Self(bits(truth) * 0b01_0101_0101)
    }

    /// Whether the caller is named in one of the ways.
    pub(super) fn in_way(self, way: Way) -> Truth {
        match (self.0 >> way as u16) & 0b11 {
            0b00 => Truth::False,
            0b01 => Truth::Unknown,
            _ => Truth::True,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the caller is named in any way.
    pub(super) fn any(self) -> Truth {
        let folded = self.0 | self.0 >> 4;
        Self(folded | folded >> 2 | self.0 >> 8).in_way(Way::Direct)
    }

    fn and(self, truth: Truth) -> Self {
        Self(self.0 & Self::all(truth).0)
    }
}

fn bits(truth: Truth) -> u16 {
    match truth {
        Truth::False => 0b00,
        Truth::Unknown => 0b01,
        Truth::True => 0b11,
    }
}

/// Matches a statement; returns the ways in which its principals name the caller.
///
/// Policies without principals name the caller directly; `bounded` is whether the caller has a boundary.
pub(super) fn matches<O: Observer>(
    set: &PolicySet,
    statement: &CompiledStatement,
    request: &Request,
    view: &View<'_>,
    bounded: Truth,
    observer: &mut O,
) -> Naming {
    let mut truth = if statement.open {
        Truth::Unknown
    } else {
        Truth::True
    };
    let mut fails = |element: Element, result: Truth, observer: &mut O| -> bool {
        truth = truth.and(result);
        if O::TRACING && !result.is_true() {
            observer.missed(element, result);
        }
        result.is_false() && !O::TRACING
    };
    if fails(
        Element::Action,
        action(&statement.action, request, view),
        observer,
    ) || fails(
        Element::Resource,
        resource(set.kind(), &statement.resource, request, view),
        observer,
    ) {
        return Naming::NONE;
    }
    // AWS: a Deny with NotPrincipal in a resource policy always hits principals that have a boundary.
    let hits_bounded = |principal: &PrincipalTest| {
        principal.negated
            && statement.effect == Effect::Deny
            && matches!(
                set.kind(),
                PolicyType::Resource | PolicyType::Key | PolicyType::Trust
            )
    };
    let naming = match &statement.principal {
        None => Naming::DIRECT,
        Some(principal) if bounded.is_true() && hits_bounded(principal) => Naming::DIRECT,
        Some(principal) => {
            let naming = named(set.kind(), statement.effect, principal, request, view);
            if hits_bounded(principal) {
                naming.or(Naming::by(Way::Direct, bounded))
            } else {
                naming
            }
        }
    };
    if fails(Element::Principal, naming.any(), observer) {
        return Naming::NONE;
    }
    for (at, test) in statement.conditions.iter().enumerate() {
        if fails(
            Element::Condition(at),
            condition::holds(test, view),
            observer,
        ) {
            return Naming::NONE;
        }
    }
    naming.and(truth)
}

fn action(test: &ActionTest, request: &Request, view: &View<'_>) -> Truth {
    let action = &request.action;
    if test.patterns.is_empty() {
        let other = Truth::from(test.negated);
        return view.choose(Uncertainty::EMPTY_NOT_LIST, Truth::False, other);
    }
    let hit = test.patterns.iter().map(|pattern| match pattern {
        ActionPattern::Any => Truth::True,
        ActionPattern::Exact { hash, lower } => {
            Truth::from(*hash == action.hash() && action.is(lower))
        }
        ActionPattern::Service {
            hash,
            service,
            name,
        } => Truth::from(
            *hash == action.service_hash()
                && action.service() == &**service
                && name.matches_str(action.operation()),
        ),
        // No filling makes it match for certain: one may be the name of another service.
        ActionPattern::Open(pattern) => {
            let name = Text::from(action.name());
            let met = pattern.matches(&name, &NoVariables, Case::Ignored);
            met.truth.and(Truth::Unknown)
        }
        ActionPattern::Never => Truth::False,
    });
    let hit = hit.fold(Truth::False, Truth::or);
    if test.negated { !hit } else { hit }
}

fn resource(kind: PolicyType, test: &ResourceTest, request: &Request, view: &View<'_>) -> Truth {
    let (negated, patterns) = match test {
        ResourceTest::Implied => return Truth::True,
        ResourceTest::Missing => return Truth::False,
        ResourceTest::Patterns { negated, patterns } => (*negated, patterns),
    };
    if patterns.is_empty() {
        return view.choose(
            Uncertainty::EMPTY_NOT_LIST,
            Truth::False,
            Truth::from(negated),
        );
    }
    let mut met = Match::NO;
    for pattern in patterns {
        met = met.or(resource_entry(kind, pattern, request, view));
        if met.truth.is_true() {
            break;
        }
    }
    if !negated {
        return met.truth;
    }
    let covered = !met.truth;
    view.choose(
        Uncertainty::UNRESOLVED_NEGATED,
        covered,
        covered.and(!met.unresolved),
    )
}

fn resource_entry(
    kind: PolicyType,
    pattern: &ArnPattern,
    request: &Request,
    view: &View<'_>,
) -> Match {
    let plain = resource_match(kind, pattern, &request.resource, view);
    let Some(selected) = &request.traits.selected else {
        return plain;
    };
    let selected = resource_match(kind, pattern, selected, view);
    view.choose(Uncertainty::PARAMETER_SELECTOR, plain, selected)
}

fn resource_match(
    kind: PolicyType,
    pattern: &ArnPattern,
    resource: &Segmented,
    view: &View<'_>,
) -> Match {
    let met = match pattern.matches_resource(resource, view) {
        ArnMatch::Is(outcome) => outcome,
        ArnMatch::Padded(_) if kind == PolicyType::Rcp => Match::NO,
        ArnMatch::Padded(outcome) => view.choose(Uncertainty::SHORT_ARN, outcome, Match::NO),
        ArnMatch::EarlyVariable(outcome) => {
            view.choose(Uncertainty::EARLY_VARIABLE, Match::NO, outcome)
        }
    };
    match pattern.spills_over(resource, view) {
        Some(spilled) if !met.truth.is_true() => {
            let both = met.or(spilled);
            view.choose(Uncertainty::STAR_ACROSS_SEGMENTS, both, met)
        }
        Some(_) | None => met,
    }
}

fn named(
    kind: PolicyType,
    effect: Effect,
    test: &PrincipalTest,
    request: &Request,
    view: &View<'_>,
) -> Naming {
    let naming = test
        .patterns
        .iter()
        .map(|pattern| names(pattern, request))
        .fold(Naming::NONE, Naming::or);
    if test.negated {
        return not_named(effect, test, naming, request, view);
    }
    let everyone = || {
        test.patterns
            .iter()
            .any(|pattern| matches!(pattern, PrincipalPattern::Everyone))
    };
    if kind == PolicyType::Endpoint && !naming.any().is_false() && !everyone() {
        return naming.and(view.choose(Uncertainty::ENDPOINT_PRINCIPAL, Truth::True, Truth::False));
    }
    naming
}

/// `NotPrincipal` (docs/semantics.md#notprincipal).
fn not_named(
    effect: Effect,
    test: &PrincipalTest,
    naming: Naming,
    request: &Request,
    view: &View<'_>,
) -> Naming {
    let direct = |truth| Naming::by(Way::Direct, truth);
    if effect == Effect::Allow {
        let others = !naming.any();
        if others.is_false() || !view.takes_other(Uncertainty::NOT_PRINCIPAL_ALLOW) {
            return direct(others);
        }
        return Naming::by(Way::Role, others);
    }
    let everyone = test
        .patterns
        .iter()
        .any(|pattern| matches!(pattern, PrincipalPattern::Everyone));
    let spared = match &request.principal {
        _ if everyone => Truth::True,
        Principal::Session { .. } => {
            let (session, role, account) = (
                naming.in_way(Way::Direct),
                naming.in_way(Way::Role),
                naming.in_way(Way::Account),
            );
            let default = role.and(account);
            // The other branches: the session's own name is needed too, or the role's alone is enough.
            let other = if default.is_false() {
                role
            } else {
                default.and(session)
            };
            view.choose(Uncertainty::NOT_PRINCIPAL_FACES, default, other)
        }
        Principal::User { .. } | Principal::FederatedUser { .. } => {
            naming.in_way(Way::Direct).and(naming.in_way(Way::Account))
        }
        Principal::Root { .. }
        | Principal::Service(_)
        | Principal::WebIdentity { .. }
        | Principal::Anonymous => naming.any(),
    };
    direct(!spared)
}

/// The way in which one principal of a statement names the caller.
fn names(pattern: &PrincipalPattern, request: &Request) -> Naming {
    const NONE: Naming = Naming::NONE;
    let caller = &request.principal;
    match pattern {
        PrincipalPattern::Everyone => Naming::by(Way::Direct, Truth::True),
        PrincipalPattern::Account(account, partition) => Naming::by(
            Way::Account,
            match (caller.account(), partition) {
                (None, _) => Truth::False,
                (Some(own), None) => same(account, own),
                (Some(own), Some(partition)) => {
                    same(account, own).and(!is_elsewhere(request, partition))
                }
            },
        ),
        PrincipalPattern::Role(arn) => match caller {
            Principal::Session { role, .. } => {
                let open = request.traits.role_with_path.as_ref();
                let perhaps = open.map_or(Truth::False, |open| same(arn, open));
                Naming::by(Way::Role, same(arn, role).or(perhaps))
            }
            _ => NONE,
        },
        PrincipalPattern::Session(arn) => match caller {
            Principal::Session {
                session: Some(session),
                ..
            } => Naming::by(Way::Direct, same(arn, session)),
            Principal::Session {
                role,
                session: None,
                ..
            } => Naming::by(Way::Direct, session_of(arn, role)),
            _ => NONE,
        },
        PrincipalPattern::User(user) => match caller {
            Principal::User { arn, .. } => Naming::by(Way::Direct, same(user, arn)),
            Principal::FederatedUser {
                parent: Some(parent),
                ..
            } => Naming::by(Way::Parent, same(user, parent)),
            _ => NONE,
        },
        PrincipalPattern::FederatedUser(user) => match caller {
            Principal::FederatedUser { arn, .. } => Naming::by(Way::Direct, same(user, arn)),
            _ => NONE,
        },
        PrincipalPattern::UniqueId(id) => {
            let own = request
                .traits
                .unique_id
                .as_deref()
                .and_then(|own| own.split(':').next());
            // AWS: IAM User Guide, "IAM identifiers", understanding unique ID prefixes.
            let hit = |prefix: &str| match own {
                Some(own) => Truth::from(*own == **id),
                None if id.starts_with(prefix) => Truth::Unknown,
                None => Truth::False,
            };
            match caller {
                Principal::Session { .. } => Naming::by(Way::Role, hit("AROA")),
                Principal::User { .. } => Naming::by(Way::Direct, hit("AIDA")),
                _ => NONE,
            }
        }
        PrincipalPattern::Service(name) => match caller {
            Principal::Service(own) => {
                Naming::by(Way::Foreign, same(name, &Text::from(own.as_str())))
            }
            _ => NONE,
        },
        PrincipalPattern::Provider(name) => match caller {
            Principal::WebIdentity { provider } => Naming::by(Way::Foreign, same(name, provider)),
            _ => NONE,
        },
        PrincipalPattern::Unknown => Naming::all(Truth::Unknown),
        PrincipalPattern::Never => NONE,
    }
}

/// Whether the caller is of another partition: a principal names no account of another partition.
///
/// AWS: docs/semantics.md#callers
pub(super) fn is_elsewhere(request: &Request, partition: &str) -> Truth {
    let own = match &request.principal {
        Principal::User { arn, .. } | Principal::FederatedUser { arn, .. } => arn,
        // The ARN of the role may be only a condition key of the request.
        Principal::Session { role, session, .. } => session.as_ref().unwrap_or(role),
        Principal::Root { .. }
        | Principal::Service(_)
        | Principal::WebIdentity { .. }
        | Principal::Anonymous => return Truth::False,
    };
    if let Some(known) = own.known() {
        let own = known.split(':').nth(1);
        let own = own.filter(|own| own.starts_with("aws"));
        return own.is_some_and(|own| own != partition).into();
    }
    let own = Segmented::new(own.clone()).segment(1);
    own.map_or(Truth::Unknown, |own| !same(&Text::from(partition), &own))
}

/// A session with an unknown name: a principal may name it if the role's name agrees.
fn session_of(arn: &Text, role: &Text) -> Truth {
    let (Some(arn), Some(role)) = (arn.known(), role.known()) else {
        return Truth::Unknown;
    };
    let wanted = arn
        .split_once(":assumed-role/")
        .and_then(|(_, rest)| rest.split('/').next());
    let account = |arn: &'_ str| arn.split(':').nth(4).map(str::to_owned);
    let same_role = wanted == role.rsplit('/').next() && account(arn) == account(role);
    if same_role {
        Truth::Unknown
    } else {
        Truth::False
    }
}

/// Whether two texts are equal, letter by letter.
pub(super) fn same(wanted: &Text, actual: &Text) -> Truth {
    match (wanted.known(), actual.known()) {
        (Some(wanted), Some(actual)) => Truth::from(wanted == actual),
        _ => {
            let syntax = crate::syntax::glob::Syntax {
                wildcards: false,
                variables: false,
            };
            let pattern = Pattern::new(wanted, syntax).0;
            pattern.matches(actual, &NoVariables, Case::Sensitive).truth
        }
    }
}
