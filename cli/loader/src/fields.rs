//! Small steps of decoding a tree: each answers with what it could read and reports what it could not.

use super::loading::{Loading, did_you_mean};
use policy_engine::{
    inventory::Tag,
    source::Spanned,
    syntax::node::{Node, Value},
    text::Text,
};

/// A scalar as it was spelt, with its place.
pub(super) fn spelt(node: &Node) -> Option<Spanned<String>> {
    let text = node.scalar_text()?;
    Some(Spanned::new(text.known()?.to_owned(), node.origin))
}

/// A member that is a scalar.
pub(super) fn member(node: &Node, name: &str) -> Option<Spanned<String>> {
    node.get(name).and_then(spelt)
}

/// Tags as a list of members with a name and a value, as AWS writes them.
pub(super) fn tag_list(node: &Node, key: &str, value: &str) -> Vec<Tag> {
    let items = node.as_list().unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Some(tag(member(item, key)?, member(item, value)?)))
        .collect()
}

pub(super) fn tag(key: Spanned<String>, value: Spanned<String>) -> Tag {
    Tag {
        key,
        value: Spanned::new(Text::from(value.value), value.origin),
    }
}

impl Loading {
    /// The members of a map; none when nothing is written.
    pub(super) fn map<'a>(&mut self, node: &'a Node, what: &str) -> &'a [(Node, Node)] {
        match &node.value {
            Value::Map(members) => members,
            Value::Null => &[],
            _ => {
                self.problem(
                    format!("{what} is a map, not {}", node.kind()),
                    None,
                    node.origin,
                );
                &[]
            }
        }
    }

    /// The members of a map whose keys are fixed; unknown and repeated ones are reported.
    pub(super) fn fields<'a>(
        &mut self,
        node: &'a Node,
        what: &str,
        known: &[&str],
    ) -> &'a [(Node, Node)] {
        let members = self.map(node, what);
        self.once(members);
        for (key, _) in members {
            let name = key.scalar_text().unwrap_or_default().to_string();
            if known.contains(&name.as_str()) {
                continue;
            }
            let help = did_you_mean(&name, known.iter().copied());
            let help =
                help.unwrap_or_else(|| format!("the keys of {what} are {}", known.join(", ")));
            self.problem(
                format!("{what} has no key `{name}`"),
                Some(&help),
                key.origin,
            );
        }
        members
    }

    /// The members of a map whose keys are names of the user.
    pub(super) fn named<'a>(
        &mut self,
        node: &'a Node,
        what: &str,
    ) -> Vec<(Spanned<String>, &'a Node)> {
        let members = self.map(node, what);
        self.once(members);
        let mut named = Vec::new();
        for (key, value) in members {
            match spelt(key) {
                Some(name) => named.push((name, value)),
                None => self.problem(
                    format!("a name in {what} is {}", key.kind()),
                    Some("write a text"),
                    key.origin,
                ),
            }
        }
        named
    }

    fn once(&mut self, members: &[(Node, Node)]) {
        let mut seen: std::collections::HashMap<Text, policy_engine::source::Origin> =
            std::collections::HashMap::new();
        for (key, _) in members {
            let Some(name) = key.scalar_text() else {
                continue;
            };
            if let Some(first) = seen.get(&name) {
                let labels = vec![
                    (key.origin, "again here".to_owned()),
                    (*first, "first here".to_owned()),
                ];
                self.labelled(
                    format!("`{name}` is written twice"),
                    Some("remove all but one"),
                    labels,
                );
            } else {
                seen.insert(name, key.origin);
            }
        }
    }

    /// The elements of a list; none when nothing is written.
    pub(super) fn list<'a>(&mut self, node: &'a Node, what: &str) -> &'a [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => {
                self.problem(
                    format!("{what} is a list, not {}", node.kind()),
                    None,
                    node.origin,
                );
                &[]
            }
        }
    }

    /// A text; a number or truth value asks for quotes.
    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<Spanned<String>> {
        match &node.value {
            Value::String(_) => spelt(node),
            Value::Number(_) | Value::Bool(_) => {
                let written = node.scalar_text().unwrap_or_default();
                let help = format!("put it in quotes: \"{written}\"");
                self.problem(
                    format!("{what} is a text, not {}", node.kind()),
                    Some(&help),
                    node.origin,
                );
                None
            }
            Value::Null | Value::List(_) | Value::Map(_) => {
                self.problem(
                    format!("{what} is a text, not {}", node.kind()),
                    None,
                    node.origin,
                );
                None
            }
        }
    }

    /// Texts of a list.
    pub(super) fn texts(&mut self, node: &Node, what: &str) -> Vec<Spanned<String>> {
        let items = self.list(node, what);
        let item = format!("an entry of {what}");
        items
            .iter()
            .filter_map(|node| self.text(node, &item))
            .collect()
    }

    pub(super) fn boolean(&mut self, node: &Node, what: &str) -> Option<Spanned<bool>> {
        if let Value::Bool(value) = node.value {
            return Some(Spanned::new(value, node.origin));
        }
        self.problem(
            format!("{what} is true or false, not {}", node.kind()),
            None,
            node.origin,
        );
        None
    }

    /// One of some words.
    pub(super) fn word(
        &mut self,
        node: &Node,
        what: &str,
        words: &[&str],
    ) -> Option<Spanned<String>> {
        let text = self.text(node, what)?;
        if words.contains(&text.value.as_str()) {
            return Some(text);
        }
        let help = did_you_mean(&text.value, words.iter().copied());
        let help = help.unwrap_or_else(|| format!("allowed values: {}", words.join(", ")));
        self.problem(
            format!("{what} is not `{}`", text.value),
            Some(&help),
            text.origin,
        );
        None
    }

    /// A region's name.
    pub(super) fn region(&mut self, node: &Node) -> Option<Spanned<String>> {
        let text = self.text(node, "a region")?;
        if is_region(&text.value) {
            return Some(text);
        }
        let message = format!("`{}` is not the name of a region", text.value);
        self.problem(message, Some("a region looks like us-east-1"), text.origin);
        // What lies in it lies somewhere: nothing more is wrong.
        Some(text)
    }

    /// Tags as a map.
    pub(super) fn tags(&mut self, node: &Node) -> Spanned<Vec<Tag>> {
        let mut tags = Vec::new();
        for (key, value) in self.named(node, "tags") {
            if let Some(value) = self.text(value, "the value of a tag") {
                tags.push(tag(key, value));
            }
        }
        Spanned::new(tags, node.origin)
    }
}

/// `^([a-z]{2}|eusc)(-[a-z]+)+-[0-9]$`; `eusc-de-east-1` is a region of the European Sovereign Cloud.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let (Some((first, rest)), Some((last, middle))) = (parts.split_first(), parts.split_last())
    else {
        return false;
    };
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (first.len() == 2 || *first == "eusc")
        && lower(first)
        && rest.len() >= 2
        && middle.iter().all(|part| lower(part))
        && last.len() == 1
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a map is a whole object of Kubernetes.
pub(crate) fn is_object(node: &Node) -> bool {
    let has = |name: &str| node.get(name).and_then(Node::as_str).is_some();
    has("apiVersion") && has("kind")
}
