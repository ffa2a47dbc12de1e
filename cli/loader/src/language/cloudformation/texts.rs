//! The functions that make texts, or take them apart.

use super::{
    evaluate::Evaluator,
    parts::{copy, is_perhaps, resolved},
};
use crate::value::{hole, scalar, text};
use policy_engine::{
    source::{OffsetMap, Origin, Span},
    syntax::node::{Node, Value},
    text::{HoleKind, Part, Text, TextBuilder},
};

/// The longest text that a function makes, the names of its holes included.
const MAX_TEXT: usize = 1024 * 1024;
/// How many bytes of text count as one value of those that a template may make.
const BYTES_OF_STEP: usize = 16;

impl Evaluator<'_> {
    pub(super) fn substitute(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let (written, more) = match &argument.value {
            Value::List(items) => match items.as_slice() {
                [written, more] => (written, Some(more)),
                [written] => (written, None),
                _ => return None,
            },
            _ => (argument, None),
        };
        let Value::String(template) = &written.value else {
            return None;
        };
        let literal = template.text.known()?;
        let mut made = TextBuilder::default();
        let mut offsets = OffsetMap::default();
        let place = |at: usize| {
            template
                .offsets
                .outer(u32::try_from(at).unwrap_or(u32::MAX))
        };
        let mut rest = 0;
        while let Some(offset) = literal.get(rest..).and_then(|text| text.find("${")) {
            let start = rest + offset;
            let Some(end) = literal.get(start..).and_then(|text| text.find('}')) else {
                break;
            };
            let end = start + end;
            let name = literal.get(start + 2..end).unwrap_or("");
            copy(&mut made, &mut offsets, literal, rest..start, place);
            if name.starts_with('!') {
                copy(&mut made, &mut offsets, literal, start..start + 2, place);
                copy(&mut made, &mut offsets, literal, start + 3..end + 1, place);
            } else {
                let at = Origin {
                    source: written.origin.source,
                    span: template.offsets.span(Span::new(start, end + 1)),
                };
                let part = self.named(name.trim(), more, at)?;
                let inner = made.literal_len();
                for (index, _) in part.literal().char_indices() {
                    offsets.push(inner + index, place(start));
                }
                made.push(&part);
            }
            rest = end + 1;
            if made.size() > MAX_TEXT {
                break;
            }
        }
        copy(&mut made, &mut offsets, literal, rest..literal.len(), place);
        if !self.affords_text(&made) {
            return None;
        }
        let whole = scalar(made.finish(), offsets, written.origin);
        let Value::String(scalar) = &whole.value else {
            return Some(whole);
        };
        let mut resolved = resolved(&whole, &scalar.text, &scalar.offsets);
        if resolved.as_text().is_some_and(Text::is_known) && literal.is_empty() {
            resolved.origin = origin;
        }
        Some(resolved)
    }

    /// The value of a name inside `Fn::Sub`.
    pub(super) fn named(&self, name: &str, more: Option<&Node>, origin: Origin) -> Option<Text> {
        if let Some(given) = more.and_then(|more| more.get(name)) {
            return self.eval(given)?.scalar_text();
        }
        if let Some(value) = self.pseudo(name) {
            return Some(value);
        }
        let is_policy_variable = name.contains('/')
            || name.split_once(':').is_some_and(|(service, rest)| {
                !rest.starts_with(':') && service.bytes().all(|byte| byte.is_ascii_lowercase())
            });
        if is_policy_variable {
            self.refused.borrow_mut().push((
                format!("`${{{name}}}` inside `Fn::Sub` is not a name of this template"),
                Some(format!(
                    "write `${{!{name}}}`, so that the variable reaches the policy"
                )),
                origin,
            ));
        }
        let value = match name.split_once('.') {
            Some((id, attribute)) => self.attribute(id, Some(attribute), origin),
            None => Some(self.reference(name, origin)),
        };
        let value = value.unwrap_or_else(|| hole(name, origin));
        value.scalar_text()
    }

    pub(super) fn join(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let [separator, items] = argument.as_list()? else {
            return None;
        };
        let separator = self.eval(separator)?.scalar_text()?;
        let items = self.eval(items)?;
        let items = items.as_list()?;
        // Without it there is one separator less.
        if items.iter().any(is_perhaps) {
            return None;
        }
        let mut made = TextBuilder::default();
        let mut offsets = OffsetMap::from_start(origin.span.start);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                made.push(&separator);
            }
            let inner = made.literal_len();
            let part = item.scalar_text()?;
            for (index, _) in part.literal().char_indices() {
                let outer = match &item.value {
                    Value::String(scalar) => scalar
                        .offsets
                        .outer(u32::try_from(index).unwrap_or(u32::MAX)),
                    _ => item.origin.span.start,
                };
                offsets.push(inner + index, outer);
            }
            made.push(&part);
            if made.size() > MAX_TEXT {
                break;
            }
        }
        if !self.affords_text(&made) {
            return None;
        }
        let whole = made.finish();
        let node = scalar(whole.clone(), offsets.clone(), origin);
        Some(resolved(&node, &whole, &offsets))
    }

    /// Counts a text that a function made; whether the template may make so much.
    fn affords_text(&self, made: &TextBuilder) -> bool {
        let steps = self.steps.get() + made.size() / BYTES_OF_STEP;
        self.steps.set(steps);
        self.run.takes_text(made.size()) && made.size() <= MAX_TEXT && !self.is_spent()
    }

    pub(super) fn select(&self, argument: &Node) -> Option<Node> {
        let [index, items] = argument.as_list()? else {
            return None;
        };
        let index = self.eval(index)?.scalar_text()?;
        let at: usize = index.known()?.parse().ok()?;
        let items = self.eval(items)?;
        let items = items.as_list()?;
        let before = items.get(..=at)?;
        let is_settled = !before.iter().any(is_perhaps);
        before.last().filter(|_| is_settled).cloned()
    }

    pub(super) fn split(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let [separator, whole] = argument.as_list()? else {
            return None;
        };
        let separator = self.eval(separator)?;
        let separator = separator.as_str().filter(|text| !text.is_empty())?;
        let whole = self.eval(whole)?;
        let whole = whole.as_text()?;
        // What follows a secret's name and the id of a key hold letters, digits and hyphens: nothing is split in them.
        let is_apart = separator
            .chars()
            .any(|character| !character.is_ascii_alphanumeric() && character != '-');
        let mut holes = whole.holes().iter();
        if !holes
            .all(|(_, hole)| is_apart && hole.kind != HoleKind::Any && hole.kind != HoleKind::Some)
        {
            return None;
        }
        let mut items: Vec<Node> = Vec::new();
        let mut current = TextBuilder::default();
        for part in whole.parts() {
            let known = match part {
                Part::Hole(hole) => {
                    current.push_hole(hole.clone());
                    continue;
                }
                Part::Literal(known) => known,
            };
            for (at, piece) in known.split(separator).enumerate() {
                if at > 0 {
                    items.push(text(std::mem::take(&mut current).finish(), origin));
                }
                current.push_str(piece);
            }
        }
        items.push(text(current.finish(), origin));
        self.steps.set(self.steps.get() + items.len());
        Some(Node {
            value: Value::List(items),
            origin,
        })
    }
}
