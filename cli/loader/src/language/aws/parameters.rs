//! Answers of Systems Manager: everything about parameters but their values.

use super::{Reader, Subject, home_of, stated, with_absent};
use crate::{
    fields::{member, tag_list},
    policy,
    resource::Noun,
    value::text,
};
use policy_engine::{
    policy::{PolicyType, statement::PrincipalKind},
    source::Spanned,
    syntax::{
        arn::Arn,
        node::{Node, Value},
    },
    text::Text,
};

impl Reader<'_> {
    /// An entry of `describe-parameters`.
    pub(super) fn parameter(&mut self, node: &Node) {
        let Some(name) = self.required(node, "Name", "a parameter") else {
            return;
        };
        let Some(arn) = member(node, "ARN").or_else(|| self.predicted(node, &name)) else {
            return;
        };
        let Some(home) = self.arn(&arn).map(|parsed| home_of(&parsed)) else {
            return;
        };
        let is_secure = member(node, "Type").is_some_and(|kind| kind.value == "SecureString");
        // The answer with the value contains neither key nor tier.
        let is_described = node.get("LastModifiedUser").is_some() || node.get("Tier").is_some();
        let attributes = if is_described || !is_secure {
            with_absent(node, &["KeyId"])
        } else {
            node.clone()
        };
        let origin = name.origin;
        let subject = Subject {
            name,
            arn: Some(Text::from(arn.value)),
            home,
            is_whole: false,
            origin,
        };
        self.adapt(Noun::Parameter, subject, &attributes);
    }

    /// Older answers have no ARN.
    fn predicted(&mut self, node: &Node, name: &Spanned<String>) -> Option<Spanned<String>> {
        let account = self.account("a parameter without an ARN", node)?;
        let Some(region) = &self.setting.region else {
            let help = "include it in a world with `region: …`";
            self.loading.problem(
                "the region of a parameter without an ARN is unknown",
                Some(help),
                name.origin,
            );
            return None;
        };
        let bare = name.value.strip_prefix('/').unwrap_or(&name.value);
        let arn = format!(
            "arn:{}:ssm:{region}:{account}:parameter/{bare}",
            self.partition()
        );
        Some(Spanned::new(arn, name.origin))
    }

    /// `list-tags-for-resource`: the parameter's name is that of the file.
    pub(super) fn parameter_tags(&mut self, node: &Node) {
        let (Some(subject), Some(list)) = (self.subject().map(str::to_owned), node.get("TagList"))
        else {
            return;
        };
        let tags = Spanned::new(tag_list(list, "Key", "Value"), list.origin);
        self.loading.parameter_tags.push((subject, tags));
    }

    /// An entry of `get-resource-policies`: the party with which a parameter is shared.
    pub(super) fn parameter_policy(&mut self, node: &Node) {
        let Some(written) = node.get("Policy") else {
            return;
        };
        let Some(document) = policy::document(
            self.loading,
            written,
            PolicyType::Resource,
            "resource policy",
        ) else {
            return;
        };
        for statement in &document.statements {
            let principals = statement
                .principal
                .iter()
                .flat_map(|element| &element.entries);
            let accounts = principals
                .filter(|entry| entry.kind == PrincipalKind::Aws)
                .filter_map(|entry| {
                    let text = entry.value.text.known()?;
                    // The root is its account; a role or user is itself.
                    let share = match Arn::parse(text) {
                        Some(arn) if arn.resource == "root" => arn.account,
                        _ => text,
                    };
                    Some(Spanned::new(share.to_owned(), entry.value.origin))
                });
            let shares: Vec<_> = accounts.collect();
            for resource in statement
                .resource
                .iter()
                .flat_map(|element| &element.values)
            {
                let Some(arn) = resource.text.known() else {
                    continue;
                };
                let Some(parsed) = Arn::parse(arn) else {
                    continue;
                };
                let Some(name) = parsed.resource.strip_prefix("parameter/") else {
                    continue;
                };
                let origin = resource.origin;
                let listed = shares
                    .iter()
                    .map(|share| text(share.value.clone(), share.origin));
                let listed = Node {
                    value: Value::List(listed.collect()),
                    origin,
                };
                let attributes = stated(
                    vec![("Tier", text("Advanced", origin)), ("Shares", listed)],
                    origin,
                );
                let subject = Subject {
                    name: Spanned::new(name.to_owned(), origin),
                    arn: Some(Text::from(arn)),
                    home: home_of(&parsed),
                    is_whole: false,
                    origin,
                };
                self.adapt(Noun::Parameter, subject, &attributes);
            }
        }
    }
}
