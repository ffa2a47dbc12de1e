//! Combines the results of the policy types into one decision (docs/semantics.md#order-of-evaluation), written once over a small logic.
//!
//! The evaluator uses three truth values. A symbolic analysis uses a logic of formulas in their place and needs
//! no second copy of AWS's rules; the test at the end of this file does so.

use crate::truth::Truth;

/// The connectives of a decision.
pub(crate) trait Logic: Clone {
    /// The constants true and false.
    fn constant(value: bool) -> Self;
    /// Conjunction.
    fn both(&self, other: &Self) -> Self;
    /// Disjunction.
    fn either(&self, other: &Self) -> Self;
    /// Negation.
    fn opposite(&self) -> Self;
}

/// The kind of caller, as far as it decides which policies count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The root user of an account.
    Root,
    /// A user, a role session or a federated user.
    Account,
    /// A service on its own behalf.
    Service,
    /// A web identity or SAML identity that an identity provider authenticated.
    Provider,
    /// An anonymous caller: the request is not signed.
    Anonymous,
}

/// The kind of resource, as far as it decides whose Allow is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Either the caller's policies or the resource's policy can allow.
    Ordinary,
    /// A KMS key: its policy must allow or delegate.
    Key,
    /// A role that the caller assumes: its trust policy must allow or delegate.
    Role,
}

/// The Allows of the policies; a missing policy counts as AWS counts it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allows<L> {
    pub(crate) identity: L,
    pub(crate) boundary: L,
    pub(crate) session: L,
    /// The resource's policy, by the way in which it names the caller (docs/semantics.md#how-a-resource-policy-names-the-caller).
    pub(crate) direct: L,
    pub(crate) role: L,
    pub(crate) account: L,
    pub(crate) parent: L,
    pub(crate) foreign: L,
    /// A KMS grant that the caller can use in the key's own account.
    pub(crate) grant: L,
    /// A KMS grant that counts as the key's side for a caller of another account.
    pub(crate) foreign_grant: L,
    /// Whether the action can be used on a resource of another account.
    pub(crate) crosses: L,
}

/// Whether the caller may access the resource, and the contribution of each side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access<L> {
    pub(crate) allow: L,
    /// The contribution of the resource's policy.
    pub(crate) resource: L,
    /// Whether the request is allowed even if the identity policies allow nothing.
    pub(crate) without_identity: L,
    /// Whether the request is allowed even if boundary and session policy allow nothing.
    pub(crate) without_caps: L,
    /// Whether the request is allowed even if the resource's policy allows nothing.
    pub(crate) without_resource: L,
}

/// Combines identity policies, boundary, session policy and the resource's policy.
pub(crate) fn access<L: Logic>(
    caller: Caller,
    same_account: bool,
    kind: Kind,
    allows: &Allows<L>,
) -> Access<L> {
    match caller {
        Caller::Service => by_resource_alone(allows.foreign.either(&allows.direct)),
        // A policy allows a web identity only if it names the identity provider.
        Caller::Provider => by_resource_alone(allows.foreign.clone()),
        Caller::Anonymous => by_resource_alone(allows.direct.clone()),
        Caller::Root if same_account => root(kind, allows),
        Caller::Account if same_account => own_account(kind, allows),
        Caller::Root => foreign_root(kind, allows),
        Caller::Account => other_account(allows),
    }
}

/// Whether a request is allowed: no policy denies it, and every policy that limits it lets it pass.
pub(crate) fn allowed<L: Logic>(access: &L, scp: &L, endpoint: &L, deny: &L) -> L {
    access.both(scp).both(endpoint).both(&deny.opposite())
}

fn by_resource_alone<L: Logic>(allow: L) -> Access<L> {
    let no = || L::constant(false);
    Access {
        resource: allow.clone(),
        allow,
        without_identity: no(),
        without_caps: no(),
        without_resource: no(),
    }
}

fn root<L: Logic>(kind: Kind, allows: &Allows<L>) -> Access<L> {
    let named = allows.account.either(&allows.direct);
    match kind {
        // AWS: the root user cannot become a role (docs/semantics.md#callers).
        Kind::Role => by_resource_alone(L::constant(false)),
        Kind::Key => by_resource_alone(named),
        Kind::Ordinary => Access {
            resource: named,
            without_resource: L::constant(true),
            ..by_resource_alone(L::constant(true))
        },
    }
}

/// Its own account lets the root user do everything, so the other side decides.
fn foreign_root<L: Logic>(kind: Kind, allows: &Allows<L>) -> Access<L> {
    let named = allows
        .account
        .either(&allows.direct)
        .either(&allows.foreign_grant);
    by_resource_alone(match kind {
        Kind::Role => L::constant(false),
        Kind::Ordinary | Kind::Key => named.both(&allows.crosses),
    })
}

/// AWS: docs/semantics.md#same-account, docs/semantics.md#kms-keys: either side allows, except where the resource's policy must delegate.
fn own_account<L: Logic>(kind: Kind, allows: &Allows<L>) -> Access<L> {
    let caps = allows.boundary.both(&allows.session);
    let capped = allows.role.either(&allows.parent);
    let direct = allows.direct.either(&allows.grant);
    let named = direct.either(&capped);
    let (delegated, resource, without_resource) = match kind {
        Kind::Ordinary => (
            allows.identity.clone(),
            named.clone(),
            allows.identity.clone(),
        ),
        Kind::Key | Kind::Role => (
            allows.account.both(&allows.identity),
            named.either(&allows.account),
            allows.grant.clone(),
        ),
    };
    Access {
        allow: direct.either(&capped.either(&delegated).both(&caps)),
        resource,
        // If the resource's policy names the role, the identity policies are not needed, whatever boundary and session policy allow.
        without_identity: named,
        without_caps: direct,
        without_resource,
    }
}

/// AWS: docs/semantics.md#cross-account: both sides must allow.
fn other_account<L: Logic>(allows: &Allows<L>) -> Access<L> {
    let caps = allows.boundary.both(&allows.session);
    let named = allows
        .direct
        .either(&allows.role)
        .either(&allows.account)
        .either(&allows.parent)
        .either(&allows.foreign);
    let resource = named.either(&allows.foreign_grant).both(&allows.crosses);
    Access {
        allow: allows.identity.both(&caps).both(&resource),
        ..by_resource_alone(resource)
    }
}

impl Logic for Truth {
    fn constant(value: bool) -> Self {
        value.into()
    }

    fn both(&self, other: &Self) -> Self {
        self.and(*other)
    }

    fn either(&self, other: &Self) -> Self {
        self.or(*other)
    }

    fn opposite(&self) -> Self {
        !*self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A formula over the results of the policies, as the set of the assignments that satisfy it.
    #[derive(Clone, PartialEq)]
    struct Formula(Vec<bool>);

    /// The variables of a formula, by their number.
    const ATOMS: usize = 14;

    impl Formula {
        fn atom(number: usize) -> Self {
            Self((0..1 << ATOMS).map(|row| row >> number & 1 == 1).collect())
        }

        fn zip(&self, other: &Self, connect: fn(bool, bool) -> bool) -> Self {
            let pairs = self.0.iter().zip(&other.0);
            Self(pairs.map(|(left, right)| connect(*left, *right)).collect())
        }
    }

    impl Logic for Formula {
        fn constant(value: bool) -> Self {
            Self(vec![value; 1 << ATOMS])
        }

        fn both(&self, other: &Self) -> Self {
            self.zip(other, |left, right| left && right)
        }

        fn either(&self, other: &Self) -> Self {
            self.zip(other, |left, right| left || right)
        }

        fn opposite(&self) -> Self {
            Self(self.0.iter().map(|value| !value).collect())
        }
    }

    fn allows<L>(atom: impl Fn(usize) -> L) -> Allows<L> {
        Allows {
            identity: atom(0),
            boundary: atom(1),
            session: atom(2),
            direct: atom(3),
            role: atom(4),
            account: atom(5),
            parent: atom(6),
            foreign: atom(7),
            grant: atom(8),
            foreign_grant: atom(9),
            crosses: atom(10),
        }
    }

    fn decision<L: Logic>(
        (caller, same_account, kind): (Caller, bool, Kind),
        atom: impl Fn(usize) -> L,
    ) -> L {
        let access = access(caller, same_account, kind, &allows(&atom));
        allowed(&access.allow, &atom(11), &atom(12), &atom(13))
    }

    fn situations() -> impl Iterator<Item = (Caller, bool, Kind)> {
        let callers = [
            Caller::Root,
            Caller::Account,
            Caller::Service,
            Caller::Provider,
            Caller::Anonymous,
        ];
        callers.into_iter().flat_map(|caller| {
            [true, false].into_iter().flat_map(move |same| {
                [Kind::Ordinary, Kind::Key, Kind::Role].map(move |kind| (caller, same, kind))
            })
        })
    }

    #[test]
    fn a_formula_decides_what_the_evaluator_decides() {
        for situation in situations() {
            let formula = decision(situation, Formula::atom);
            for (row, expected) in formula.0.iter().enumerate() {
                let truth = decision(situation, |number| Truth::from(row >> number & 1 == 1));
                assert_eq!(truth, Truth::from(*expected), "{situation:?} {row:014b}");
            }
        }
    }

    #[test]
    fn one_open_fact_leaves_the_decision_open_exactly_when_it_matters() {
        for situation in situations() {
            for open in 0..ATOMS {
                for row in 0..1 << ATOMS {
                    let with = |value: Truth| {
                        decision(situation, |number| {
                            if number == open {
                                value
                            } else {
                                Truth::from(row >> number & 1 == 1)
                            }
                        })
                    };
                    let (no, yes) = (with(Truth::False), with(Truth::True));
                    let expected = if no == yes { no } else { Truth::Unknown };
                    assert_eq!(
                        with(Truth::Unknown),
                        expected,
                        "{situation:?} {open} {row:014b}"
                    );
                }
            }
        }
    }
}
