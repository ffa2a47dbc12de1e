//! How adapters read attributes: known, absent or unknown, and no way from unknown to a default.

use super::spelling::Names;
use crate::{
    arns::is_chosen,
    resource::{Exists, Resource},
    value::{hole_name, truth},
};
use policy_engine::{
    inventory::{Attribute, Listed},
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
    text::{Hole, HoleKind, Text},
};
use std::borrow::Cow;

/// Goes on with what is known of an attribute.
pub(crate) trait OrOpen<T> {
    /// The known value; what is not known is kept in `open`.
    fn or_open(self, open: &mut Open) -> Option<T>;
}

impl<T> OrOpen<T> for Attribute<T> {
    fn or_open(self, open: &mut Open) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent => None,
            Self::Unknown(hole) => {
                open.add(hole);
                None
            }
        }
    }
}

/// What a collection may hold beside what is known of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Open(Option<Hole>);

impl Open {
    /// What may exist, if the resource itself may not exist.
    pub(crate) fn of(exists: &Exists) -> Self {
        match exists {
            Exists::Yes => Self(None),
            Exists::Unknown(hole) => Self(Some(hole.clone())),
        }
    }

    pub(crate) fn add(&mut self, hole: Hole) {
        self.0.get_or_insert(hole);
    }

    /// What fills the open part.
    pub(crate) fn hole(&self) -> Option<&Hole> {
        self.0.as_ref()
    }

    /// A list and what may be in it as well; `is_told` where the source states all of it.
    pub(crate) fn listed<T>(self, list: Vec<T>, is_complete: bool) -> Listed<T> {
        match self.0 {
            Some(hole) => Listed {
                list,
                open: Some(hole),
            },
            None if is_complete => Listed::all(list),
            None => Listed::unstated(list),
        }
    }

    /// The same as a text: a name between angle brackets.
    pub(crate) fn shown(&self, origin: Origin) -> Option<Spanned<String>> {
        let hole = self.hole()?;
        Some(Spanned::new(shown(hole), origin))
    }
}

/// A hole, as displayed in a text.
pub(crate) fn shown(hole: &Hole) -> String {
    format!("<{}>", &*hole.name)
}

/// The hole of a value that is wholly unknown.
///
/// The id of a key and a name that AWS chooses are holes as well, but each names one resource and no other.
pub(crate) fn hole_of(node: &Node) -> Option<Hole> {
    if is_chosen(hole_name(node)?) {
        return None;
    }
    let (_, hole) = node.as_text()?.holes().first()?;
    matches!(hole.kind, HoleKind::Any | HoleKind::Some).then(|| hole.clone())
}

/// What a member of a map states.
pub(crate) fn of(node: Option<&Node>) -> Attribute<&Node> {
    match node {
        None => Attribute::Absent,
        Some(node) if node.is_null() => Attribute::Absent,
        Some(node) => match hole_of(node) {
            Some(hole) => Attribute::Unknown(hole),
            None => Attribute::Known(node),
        },
    }
}

/// A member by its spellings; a hole where the map may have it.
pub(crate) fn member(node: &Node, names: Names) -> Option<&Node> {
    let mut stated = names.iter().filter_map(|name| node.entry(name));
    let stated = stated.find(|(_, value)| !value.is_null());
    let perhaps = || {
        let mut members = node.as_map().into_iter().flatten();
        members.find(|(key, _)| hole_of(key).is_some())
    };
    stated.or_else(perhaps).map(|(_, value)| value)
}

/// A scalar's text with its place; nothing where it is empty.
pub(crate) fn text(node: &Node) -> Option<Spanned<Text>> {
    let text = node.scalar_text()?;
    let is_empty = text.known().is_some_and(str::is_empty);
    (!is_empty).then(|| Spanned::new(text, node.origin))
}

/// The same with what is not known between angle brackets.
pub(crate) fn shown_text(node: &Node) -> Option<Spanned<String>> {
    text(node).as_ref().map(shown_of)
}

/// A text with what is not known of it between angle brackets.
pub(crate) fn shown_of(text: &Spanned<Text>) -> Spanned<String> {
    Spanned::new(text.value.to_string(), text.origin)
}

/// The elements of a list; an element that may be there is kept in `open`.
pub(crate) fn items<'n>(list: Attribute<&'n Node>, open: &mut Open) -> Vec<&'n Node> {
    let Some(node) = list.or_open(open) else {
        return Vec::new();
    };
    let all = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let known = all.iter().filter(|item| !item.is_null());
    known
        .filter_map(|item| of(Some(item)).or_open(open))
        .collect()
}

/// The only element of a list, or the value itself: some languages write nested blocks as lists of one.
pub(crate) fn first(node: &Node) -> &Node {
    match node.as_list() {
        Some([only]) => only,
        _ => node,
    }
}

fn flat<T>(value: Attribute<Option<T>>) -> Attribute<T> {
    match value {
        Attribute::Known(Some(value)) => Attribute::Known(value),
        Attribute::Known(None) | Attribute::Absent => Attribute::Absent,
        Attribute::Unknown(hole) => Attribute::Unknown(hole),
    }
}

/// A text without holes; a text with holes is unknown.
pub(crate) fn exact(text: Attribute<Option<Spanned<Text>>>) -> Attribute<Spanned<String>> {
    let text = match flat(text) {
        Attribute::Known(text) => text,
        Attribute::Absent => return Attribute::Absent,
        Attribute::Unknown(hole) => return Attribute::Unknown(hole),
    };
    match (text.value.known(), text.value.holes().first()) {
        (Some(known), _) => Attribute::Known(Spanned::new(known.to_owned(), text.origin)),
        (None, Some((_, hole))) => Attribute::Unknown(hole.clone()),
        (None, None) => Attribute::Absent,
    }
}

impl Resource<'_> {
    /// The value as it is stated, holes included; nothing where it is not set.
    pub(crate) fn stated(&self, names: Names) -> Option<Cow<'_, Node>> {
        names.iter().find_map(|name| {
            let value = self.attributes.attribute(name)?;
            (!value.is_null()).then_some(value)
        })
    }

    /// Whether an attribute is stated, also to be absent.
    pub(crate) fn states(&self, names: Names) -> bool {
        let mut names = names.iter();
        self.whole || names.any(|name| self.attributes.attribute(name).is_some())
    }

    /// The place of an attribute, or of the resource itself.
    pub(crate) fn place(&self, names: Names) -> Origin {
        self.stated(names).map_or(self.origin, |node| node.origin)
    }

    /// A text; nothing of it need be known.
    pub(crate) fn text(&self, names: Names) -> Attribute<Spanned<Text>> {
        let stated = self.stated(names);
        flat(of(stated.as_deref()).map(text))
    }

    /// A text that names a resource, with its unknown parts between angle brackets.
    pub(crate) fn shown(&self, names: Names) -> Option<Spanned<String>> {
        self.stated(names).as_deref().and_then(shown_text)
    }

    /// A text without holes; one with holes is unknown.
    pub(crate) fn exact(&self, names: Names) -> Attribute<Spanned<String>> {
        exact(self.text(names).map(Some))
    }

    /// A truth value.
    pub(crate) fn flag(&self, names: Names) -> Attribute<Spanned<bool>> {
        let stated = self.stated(names);
        match of(stated.as_deref()) {
            Attribute::Known(node) => match truth(node) {
                Some(value) => Attribute::Known(Spanned::new(value, node.origin)),
                // Another form of a truth value, such as `yes` of YAML 1.1, or a mistake.
                None => {
                    let name = names.first().copied().unwrap_or("a value");
                    Attribute::Unknown(Hole::any(format!("{name} of {}", self.address)))
                }
            },
            Attribute::Absent => Attribute::Absent,
            Attribute::Unknown(hole) => Attribute::Unknown(hole),
        }
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, names: Names, open: &mut Open) -> Vec<Spanned<Text>> {
        let stated = self.stated(names);
        let items = items(of(stated.as_deref()), open);
        items.into_iter().filter_map(text).collect()
    }

    /// The same with what is not known of each between angle brackets.
    pub(crate) fn shown_texts(&self, names: Names, open: &mut Open) -> Vec<Spanned<String>> {
        self.texts(names, open).iter().map(shown_of).collect()
    }
}
