//! One request of any principal, with the policies that the world holds for it.

use super::{
    Call, Simulator, Step,
    context::{self, SessionFacts, account_of},
};
use crate::{
    evaluator::{self, Policies},
    inventory::find::Object,
    policy::set::PolicySet,
    request::{Action, Context, ContextValue, Principal, Request, Traits, derive},
    syntax::arn::{Arn, Segmented},
    text::Text,
    uncertainty::Uncertainties,
};

impl Simulator<'_> {
    /// Decides one request; policies, tags and places in the organization come from the world, other context from `given`.
    ///
    /// What the world does not know of caller and resource is unknown, not absent.
    pub fn ask(
        &self,
        principal: Principal,
        action: Action,
        resource: &str,
        given: &[(String, ContextValue)],
        other: Uncertainties,
    ) -> Call {
        let arn = Arn::parse(resource);
        let region = arn.map_or("", |arn| arn.region).to_owned();
        let known_owner = arn
            .map(|arn| arn.account)
            .filter(|account| !account.is_empty());
        let role = is_role(resource)
            .then(|| self.inventory().role(resource))
            .flatten();
        let object = self
            .inventory()
            .find_objects(resource)
            .into_iter()
            .next()
            .filter(|_| resource != "*");
        let mut context = context::common(&region);
        let caller = self.caller(&principal, &mut context);
        let mut grants = Vec::new();
        match (object, role) {
            (Some(Object::Secret(secret)), _) => {
                let name = Object::Secret(secret).display(self.inventory());
                let prefixes = ["aws:ResourceTag/", "secretsmanager:ResourceTag/"];
                context::resource_tags(&mut context, &prefixes, secret.tags.as_ref(), &name);
            }
            (Some(Object::Parameter(parameter)), _) => {
                let name = Object::Parameter(parameter).display(self.inventory());
                let prefixes = ["aws:ResourceTag/", "ssm:resourceTag/"];
                context::resource_tags(&mut context, &prefixes, parameter.tags.as_ref(), &name);
            }
            (Some(Object::Key(key)), _) => {
                let name = Object::Key(key).display(self.inventory());
                context::resource_tags(
                    &mut context,
                    &["aws:ResourceTag/"],
                    key.tags.as_ref(),
                    &name,
                );
                context::aliases(&mut context, key, self.inventory(), &name);
                grants.clone_from(&key.grants);
            }
            (None, Some(role)) => {
                context::resource_tags(
                    &mut context,
                    &["aws:ResourceTag/", "iam:ResourceTag/"],
                    Some(&crate::source::Spanned::new(role.tags.clone(), role.origin)),
                    resource,
                );
            }
            // Nobody describes the resource: which tags it has is not known.
            (None, None) if arn.is_some() => {
                for prefix in [
                    "aws:ResourceTag/",
                    "secretsmanager:ResourceTag/",
                    "ssm:resourceTag/",
                    "iam:ResourceTag/",
                ] {
                    context.open_prefix(prefix, format!("tags of {resource}"));
                }
            }
            (None, None) => {}
        }
        let place = known_owner.and_then(|owner| self.compiled.membership(owner));
        if let Some(owner) = known_owner {
            context::membership(&mut context, "Resource", self.inventory(), owner, place);
        }
        for (key, value) in self
            .inventory()
            .given
            .iter()
            .map(|(key, value)| (&key.value, value))
        {
            context.set(key.clone(), value.clone());
        }
        for (key, value) in given {
            context.set(key.clone(), value.clone());
        }
        let resource_policy = match (object, role) {
            (Some(Object::Secret(secret)), _) => self.compiled.secret(secret),
            (Some(Object::Key(key)), _) => self.compiled.key(key),
            (_, Some(role)) => self.compiled.role(&role.arn).map(|sets| &sets.trust),
            _ => None,
        };
        let unknown_policy;
        let resource_policy = match resource_policy {
            None if object.is_none() && role.is_none() && arn.is_some() => {
                unknown_policy = unknown_resource(resource);
                Some(&unknown_policy)
            }
            found => found,
        };
        let own = caller
            .as_ref()
            .and_then(|caller| self.compiled.membership(&caller.account));
        let own_place = principal
            .account()
            .and_then(Text::known)
            .and_then(|account| self.compiled.membership(account))
            .or(own);
        let sets = caller
            .as_ref()
            .and_then(|caller| self.compiled.role(&caller.role));
        let unknown_identity;
        let identity = match sets {
            Some(sets) => Some(&sets.identity),
            None if principal.account().is_some() => {
                unknown_identity = PolicySet::new(crate::policy::PolicyType::Identity, [])
                    .with_unknown(format!("identity policies of {}", principal.display()));
                Some(&unknown_identity)
            }
            None => None,
        };
        let policies = Policies {
            identity,
            boundary: sets.and_then(|sets| sets.boundary.as_ref()),
            session: None,
            resource: resource_policy,
            scp: own_place
                .filter(|place| !place.management)
                .map(|place| place.scps.as_slice()),
            rcp: place
                .filter(|place| !place.management)
                .map(|place| place.rcps.as_slice()),
            endpoint: None,
        };
        let traits = Traits {
            grants,
            unique_id: caller.and_then(|caller| caller.unique_id),
            ..Traits::default()
        };
        let mut request = Request {
            resource_account: known_owner.map(Text::from),
            principal,
            action,
            resource: Segmented::new(Text::from(resource)),
            context,
            traits,
        };
        derive::complete(&mut request, None);
        let (outcome, explanation) = evaluator::explain(&request, &policies, other);
        Call {
            step: Step::Data,
            region,
            request,
            outcome,
            explanation,
        }
    }

    /// The session that a principal's ARN stands for, and its keys.
    fn caller(&self, principal: &Principal, context: &mut Context) -> Option<SessionFacts> {
        let Principal::Session { role, .. } = principal else {
            return None;
        };
        let named = role.known()?;
        // A session's ARN has no path: the role of that name is meant.
        let found = self.inventory().role(named).or_else(|| {
            let name = named.rsplit('/').next();
            let same =
                |arn: &str| account_of(arn) == account_of(named) && arn.rsplit('/').next() == name;
            self.inventory().roles.iter().find(|role| same(&role.arn))
        })?;
        let facts = SessionFacts {
            role: found.arn.clone(),
            account: account_of(&found.arn).to_owned(),
            passed: Vec::new(),
            role_tags: context::role_tags(Some(found)),
            unique_id: found.unique_id.clone(),
            provider: None,
        };
        let place = self.compiled.membership(&facts.account);
        facts.describe(context, self.inventory(), place);
        // Which tags were passed when the session was made is for the user to say.
        context.open_prefix(
            "aws:PrincipalTag/",
            "session tags (give them with --context aws:PrincipalTag/…)",
        );
        Some(facts)
    }
}

fn is_role(resource: &str) -> bool {
    Arn::parse(resource)
        .is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"))
}

fn unknown_resource(resource: &str) -> PolicySet {
    let kind = match Arn::parse(resource).map(|arn| arn.service) {
        Some("kms") => crate::policy::PolicyType::Key,
        Some("iam") => crate::policy::PolicyType::Trust,
        _ => crate::policy::PolicyType::Resource,
    };
    PolicySet::new(kind, []).with_unknown(format!("policy of {resource}"))
}
