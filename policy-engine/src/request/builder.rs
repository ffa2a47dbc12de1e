//! Builds requests, for the walk, for a single question and for the request file.

use super::{
    action::Action,
    context::{Context, ContextValue},
    derive,
    principal::Principal,
    question::{Request, Traits},
};
use crate::{
    key::Key,
    service::ServiceProfile,
    syntax::arn::{Arn, Segmented},
    text::{HoleKind, Str, Text},
};

/// An unfinished request; [`RequestBuilder::build`] adds the condition keys that follow from the other parts.
#[derive(Clone, Debug)]
#[must_use]
pub struct RequestBuilder {
    request: Request,
    via: Option<String>,
    selector: Option<String>,
    has_path: bool,
}

impl Request {
    /// Starts a request: `principal` calls `action` on `resource`, an ARN, or `*` for an action without resources.
    pub fn builder(
        principal: Principal,
        action: Action,
        resource: impl Into<Text>,
    ) -> RequestBuilder {
        RequestBuilder {
            request: Self {
                principal,
                action,
                resource: Segmented::new(resource.into()),
                resource_account: None,
                context: Context::default(),
                traits: Traits::default(),
            },
            via: None,
            selector: None,
            has_path: false,
        }
    }
}

impl RequestBuilder {
    /// Sets the account that owns the resource; without it, the ARN of the resource decides.
    pub fn owner(mut self, account: Option<Text>) -> Self {
        self.request.resource_account = account;
        self
    }

    /// Sets the whole context; keys that are set later replace its keys.
    pub fn context(mut self, context: Context) -> Self {
        self.request.context = context;
        self
    }

    /// Sets one condition key.
    pub fn key(mut self, name: impl Into<Str>, value: ContextValue) -> Self {
        self.request.context.set(name, value);
        self
    }

    /// Declares that the condition key is unknown: the request may contain it, with any value.
    pub fn unknown_key(self, name: &str) -> Self {
        self.key(name.to_owned(), ContextValue::Unknown(name.into()))
    }

    /// Sets a tag of the caller: `aws:PrincipalTag/…`.
    pub fn principal_tag(self, key: &str, value: impl Into<Text>) -> Self {
        self.key(
            format!("aws:PrincipalTag/{key}"),
            ContextValue::Single(value.into()),
        )
    }

    /// Sets a tag of the resource: `aws:ResourceTag/…`, and the service's own key for it.
    pub fn resource_tag(mut self, key: &str, value: impl Into<Text>) -> Self {
        let value = value.into();
        let profile = ServiceProfile::of(self.request.action.service());
        for prefix in profile.map_or(&["aws:ResourceTag/"][..], |profile| profile.tag_keys) {
            let name = format!("{prefix}{key}");
            self = self.key(name, ContextValue::Single(value.clone()));
        }
        self
    }

    /// Sets the facts that are not condition keys.
    pub fn traits(mut self, traits: Traits) -> Self {
        self.request.traits = traits;
        self
    }

    /// Declares that the ARN of the caller's role has its path, although the caller is named by the ARN of a session.
    pub fn with_known_path(mut self, known: bool) -> Self {
        self.has_path = known;
        self
    }

    /// Declares that a service forwards the call for the caller: `secretsmanager.us-east-1.amazonaws.com`.
    pub fn via(mut self, service: Option<String>) -> Self {
        self.via = service;
        self
    }

    /// Sets the version or label that the call appends to a parameter.
    pub fn selector(mut self, selector: Option<String>) -> Self {
        self.selector = selector;
        self
    }

    /// Returns the request, with the condition keys that follow from principal, action and resource; keys that were set take precedence.
    pub fn build(self) -> Request {
        let Self {
            mut request,
            via,
            selector,
            has_path,
        } = self;
        if !has_path {
            name_role(&mut request);
        }
        if request.traits.unique_id.is_none() {
            request.traits.unique_id = id_of(&request.context);
        }
        if request.resource_account.is_none() {
            request.resource_account =
                owner_of(request.resource.text()).or_else(|| stated_owner(&request.context));
        }
        if via.is_some() {
            request.traits.forwarded = true;
        }
        if has_managed_alias(&request.context) {
            request.traits.aws_managed_key = true;
        }
        if let Some(selector) = selector {
            let parameter = request.resource.text().clone();
            request.traits.select(&parameter, &selector);
        }
        derive::complete(&mut request, via.as_deref());
        request
    }
}

/// Finds the role of a session by the session's ARN, which has no path: `aws:PrincipalArn` is the role's ARN.
///
/// AWS: docs/semantics.md#callers
fn name_role(request: &mut Request) {
    let Principal::Session {
        role,
        session: Some(_),
        ..
    } = &mut request.principal
    else {
        return;
    };
    match request.context.get(&Key::new("aws:PrincipalArn")).0 {
        ContextValue::Single(arn) if arn.literal().contains(":role/") => role.clone_from(arn),
        _ => request.traits.role_with_path = with_path(role),
    }
}

/// The ARN of a role with a hole for its path.
fn with_path(role: &Text) -> Option<Text> {
    let (head, name) = role.known()?.rsplit_once('/')?;
    let path = Text::hole("aws:PrincipalArn", HoleKind::Some);
    let head = Text::from(format!("{head}/")).then(&path);
    Some(head.then(&Text::from(format!("/{name}"))))
}

/// The unique id of the caller, the first part of `aws:userid`.
fn id_of(context: &Context) -> Option<String> {
    let ContextValue::Single(id) = context.get(&Key::new("aws:userid")).0 else {
        return None;
    };
    let end = id.literal().find(':').unwrap_or(id.literal().len());
    let is_open = id.holes().iter().any(|(at, _)| *at as usize <= end);
    let id = id.literal().get(..end).filter(|_| !is_open)?;
    let is_unique = ["AROA", "AIDA"].iter().any(|prefix| id.starts_with(prefix));
    is_unique.then(|| id.to_owned())
}

/// The account of the resource as the context states it.
///
/// AWS: IAM User Guide, "AWS global condition context keys" (aws:ResourceAccount).
fn stated_owner(context: &Context) -> Option<Text> {
    match context.get(&Key::new("aws:ResourceAccount")).0 {
        ContextValue::Single(account) if account.is_known() => Some(account.clone()),
        _ => None,
    }
}

/// The account in an ARN, if it is known; the name behind it may be unknown.
fn owner_of(resource: &Text) -> Option<Text> {
    let shown = resource.to_string();
    let account = Arn::parse(&shown)?.account;
    let is_known = !account.is_empty() && !account.contains('<');
    is_known.then(|| Text::from(account))
}

/// Whether the key of the resource has an alias of AWS, and so is managed by AWS.
fn has_managed_alias(context: &Context) -> bool {
    match context.get(&Key::new("kms:ResourceAliases")).0 {
        ContextValue::Multi(aliases) => aliases
            .iter()
            .any(|alias| alias.literal().starts_with("alias/aws/")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_of_a_resource_is_seen_under_both_names() {
        let request = Request::builder(
            Principal::Anonymous,
            Action::new("ssm:GetParameters").unwrap(),
            "arn:aws:ssm:us-east-1:111122223333:parameter/app/url",
        )
        .resource_tag("team", "a")
        .build();
        for key in ["aws:ResourceTag/team", "ssm:resourceTag/team"] {
            let value = request.context.get(&Key::new(key)).0;
            assert_eq!(value, &ContextValue::Single(Text::from("a")), "{key}");
        }
        assert_eq!(request.resource_account, Some(Text::from("111122223333")));
    }
}
