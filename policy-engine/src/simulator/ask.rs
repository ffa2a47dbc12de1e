//! One request of any principal, with the policies of the world.

use super::{
    Call, Simulator, Step,
    context::{self, SessionFacts, account_of},
    network,
};
use crate::{
    evaluator::{self, Policies},
    inventory::{Role, find::Object},
    key::Key,
    policy::{PolicyType, set::PolicySet},
    request::{Action, Context, ContextValue, Principal, Request, Traits},
    service::{KMS, ServiceProfile},
    syntax::arn::Arn,
    text::Text,
    uncertainty::Uncertainties,
};
use std::collections::BTreeSet;

impl Simulator<'_> {
    /// Decides one request. Policies, tags and places in the organization come from the world, other context from `given`.
    ///
    /// Facts about caller and resource that the world does not contain are unknown, not absent.
    pub fn ask(
        &self,
        principal: Principal,
        action: Action,
        resource: &str,
        given: &[(String, ContextValue)],
        other: Uncertainties,
    ) -> Call {
        // AWS: docs/semantics.md#callers; on an alias only the calls about aliases are decided, others on its key.
        let key = self.key_of_alias(&action, resource);
        let resource = key.as_deref().unwrap_or(resource);
        let arn = Arn::parse(resource);
        let owner = arn
            .map(|arn| arn.account)
            .filter(|account| !account.is_empty());
        let region = arn.map_or("", |arn| arn.region).to_owned();
        let subject = self.subject(resource);
        let mut context = context::common(&region);
        let caller = self.caller(&principal, &mut context);
        let principal = with_path(principal, caller.as_ref());
        self.describe(&subject, resource, &mut context);
        let place = owner.and_then(|owner| self.compiled.membership(owner));
        if let Some(owner) = owner {
            context::membership(&mut context, "Resource", self.inventory(), owner, place);
        }
        let world = self.inventory().given.iter();
        let world = world.map(|(key, value)| (&key.value, value));
        for (key, value) in world.chain(given.iter().map(|(key, value)| (key, value))) {
            context.set(key.clone(), value.clone());
        }
        let own_place = principal
            .account()
            .and_then(Text::known)
            .or_else(|| caller.as_ref().map(|caller| caller.account.as_str()))
            .and_then(|account| self.compiled.membership(account));
        let sets = caller
            .as_ref()
            .and_then(|caller| self.compiled.role(&caller.role));
        let unknown_identity = PolicySet::new(PolicyType::Identity, [])
            .with_unknown(format!("identity policies of {}", principal.display()));
        let unknown_policy = unknown_policy(resource);
        let share = match (subject, principal.account().and_then(Text::known)) {
            (Subject::Object(Object::Parameter(parameter)), Some(account)) => {
                self.share(parameter, account)
            }
            _ => None,
        };
        let value = |name| Some(context.get(&Key::new(name)).0);
        let (endpoint, vpc) = (value("aws:SourceVpce"), value("aws:SourceVpc"));
        let passed = network::passed(self.inventory, endpoint, vpc, action.service(), "");
        let policies = Policies {
            identity: match sets {
                Some(sets) => Some(&sets.identity),
                // The root user has none.
                None if matches!(principal, Principal::Root { .. }) => None,
                None => principal.account().map(|_| &unknown_identity),
            },
            boundary: sets.and_then(|sets| sets.boundary.as_ref()),
            session: None,
            resource: match subject {
                Subject::Object(Object::Secret(secret)) => self.compiled.secret(secret),
                Subject::Object(Object::Key(key)) => self.compiled.key(key),
                Subject::Role(role) => self.compiled.role(&role.arn).map(|sets| &sets.trust),
                Subject::Unknown => Some(&unknown_policy),
                Subject::Object(Object::Parameter(_)) => share.as_ref(),
                Subject::Nothing => None,
            },
            scp: own_place
                .filter(|place| !place.management)
                .map(|place| place.scps.as_slice()),
            // AWS: docs/semantics.md#resource-control-policies
            rcp: if resource == "*" { own_place } else { place }
                .filter(|place| !place.management)
                .map(|place| place.rcps.as_slice()),
            endpoint: passed
                .as_ref()
                .and_then(|passed| network::policy(&self.compiled, passed)),
        };
        let knows_caller = caller.is_some();
        let mut traits = Traits {
            unique_id: caller.and_then(|caller| caller.unique_id),
            ..Traits::default()
        };
        if let Subject::Object(Object::Key(key)) = subject {
            context::grants(&mut traits, key, self.inventory());
        }
        let request = Request::builder(principal, action, resource)
            .context(context)
            .traits(traits)
            .with_known_path(knows_caller)
            .build();
        let (outcome, explanation) = evaluator::explain(&request, &policies, other);
        Call {
            step: Step::Data,
            region,
            request,
            outcome,
            explanation,
        }
    }

    /// The ARN of the key that a call on its alias uses, if the world contains it.
    fn key_of_alias(&self, action: &Action, resource: &str) -> Option<String> {
        let arn = Arn::parse(resource).filter(|arn| arn.resource.starts_with("alias/"))?;
        let is_about_alias = action.operation().ends_with("alias");
        if *ServiceProfile::of(action.service())? != KMS || is_about_alias {
            return None;
        }
        let key = self
            .inventory()
            .find_key(resource, arn.account, arn.region)?;
        key.arn.known().map(str::to_owned)
    }

    /// The object of the world that a resource names.
    fn subject(&self, resource: &str) -> Subject<'_> {
        if resource == "*" {
            return Subject::Nothing;
        }
        if let Some(object) = self.inventory().find_objects(resource).into_iter().next() {
            return Subject::Object(object);
        }
        match (Arn::parse(resource), self.inventory().role(resource)) {
            (Some(_), Some(role)) => Subject::Role(role),
            (Some(_), None) => Subject::Unknown,
            (None, _) => Subject::Nothing,
        }
    }

    /// Adds the keys that follow from the resource to a request.
    fn describe(&self, subject: &Subject<'_>, resource: &str, context: &mut Context) {
        let inventory = self.inventory();
        match subject {
            Subject::Object(object) => {
                let name = object.display(inventory);
                context::resource_tags(context, object.profile().tag_keys, object.tags(), &name);
                if let Object::Key(key) = object {
                    context::aliases(context, key, inventory, &name);
                }
            }
            Subject::Role(role) => {
                context::resource_tags(context, &context::ROLE_TAGS, &role.tags, resource);
            }
            // Nobody describes the resource: which tags it has is not known.
            Subject::Unknown => {
                let profiles = ServiceProfile::ALL.into_iter();
                let prefixes = profiles.flat_map(|profile| profile.tag_keys);
                let prefixes: BTreeSet<_> = prefixes.chain(&context::ROLE_TAGS).collect();
                for prefix in prefixes {
                    context.open_prefix(prefix, format!("tags of {resource}"));
                }
            }
            Subject::Nothing => {}
        }
    }

    /// The session with a principal's ARN, and its keys.
    fn caller(&self, principal: &Principal, context: &mut Context) -> Option<SessionFacts> {
        let Principal::Session { role, .. } = principal else {
            return None;
        };
        let named = role.known()?;
        // A session's ARN has no path: it belongs to the role with the name.
        let role = self.inventory().role(named).or_else(|| {
            let name = named.rsplit('/').next();
            let same =
                |arn: &str| account_of(arn) == account_of(named) && arn.rsplit('/').next() == name;
            self.inventory().roles.iter().find(|role| same(&role.arn))
        })?;
        let facts = SessionFacts {
            role: role.arn.clone(),
            account: role.arn.shown_account().to_owned(),
            passed: Vec::new(),
            role_tags: context::role_tags(role),
            open_tags: context::open_role_tags(role, self.inventory()),
            unique_id: role.unique_id.clone(),
            provider: None,
        };
        let place = self.compiled.membership(&facts.account);
        facts.describe(context, self.inventory(), place);
        // Only the user can state the session tags.
        context.open_prefix(
            "aws:PrincipalTag/",
            "session tags (give them with --context aws:PrincipalTag/…)",
        );
        Some(facts)
    }
}

/// The object that the resource of a request names.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Object(Object<'a>),
    Role(&'a Role),
    /// An object that no source describes.
    Unknown,
    /// No resource: `*`, or no ARN.
    Nothing,
}

/// The role of a session's ARN with its path, which the ARN does not contain.
fn with_path(principal: Principal, caller: Option<&SessionFacts>) -> Principal {
    match (principal, caller) {
        (
            Principal::Session {
                session, account, ..
            },
            Some(caller),
        ) => Principal::Session {
            role: caller.role.text().clone(),
            session,
            account,
        },
        (principal, _) => principal,
    }
}

fn unknown_policy(resource: &str) -> PolicySet {
    let kind = match Arn::parse(resource).map(|arn| arn.service) {
        Some("kms") => PolicyType::Key,
        Some("iam") => PolicyType::Trust,
        _ => PolicyType::Resource,
    };
    PolicySet::new(kind, []).with_unknown(format!("policy of {resource}"))
}
