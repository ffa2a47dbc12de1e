//! Parses YAML into the engine's tree: every scalar keeps its spelling and the place of each of its characters.
//!
//! Events come from `saphyr-parser`, which counts characters; this crate converts them to bytes. Nesting and the values
//! of aliases are limited, so that a small file never needs much memory.

mod flow;
mod offsets;
mod short;
mod typed;

use offsets::{Places, offset};
use policy_engine::{
    source::{OffsetMap, Origin, SourceId, Span},
    syntax::node::{Node, Scalar, Value},
    text::Text,
};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};
use short::{called, function};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    ops::Range,
};
use typed::typed;

/// The most values in one file, unless the caller sets a lower limit.
pub const MAX_NODES: usize = 1_000_000;

/// Limits for one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The deepest nesting of lists and maps.
    pub depth: usize,
    /// The most values.
    pub nodes: usize,
    /// The most values that its aliases may produce.
    pub alias_nodes: usize,
    /// The most values under its anchors; nested values count each time.
    pub anchor_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 128,
            nodes: MAX_NODES,
            alias_nodes: 100_000,
            anchor_nodes: 250_000,
        }
    }
}

/// Text that is not YAML, or that exceeds a limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// The error.
    pub message: String,
    /// The change to make.
    pub help: Option<String>,
    /// The place.
    pub origin: Origin,
}

/// Parses the documents of a file; empty documents are left out.
pub fn parse(source: SourceId, text: &str) -> Result<Vec<Node>, YamlError> {
    parse_within(source, text, Limits::default())
}

/// Parses the documents of a file within limits.
pub fn parse_within(source: SourceId, text: &str, limits: Limits) -> Result<Vec<Node>, YamlError> {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => build(source, rest, &OffsetMap::from_start(3), limits),
        None => build(source, text, &OffsetMap::default(), limits),
    }
}

/// Parses YAML inside a string of another document; spans point into the outer file.
pub fn parse_embedded(
    source: SourceId,
    text: &str,
    outer: &OffsetMap,
) -> Result<Vec<Node>, YamlError> {
    build(source, text, outer, Limits::default())
}

/// The most lines of flow collections that may be joined in one file, and the most bytes that the parser may read for that.
const MAX_JOINED: usize = 64;
const MAX_JOINED_BYTES: usize = 64 * 1024 * 1024;

/// The parser's error for a line inside brackets that is indented less than the block around them.
const INDENTATION: [&str; 2] = [
    "invalid indentation",
    "invalid indentation in flow construct",
];

fn build(
    source: SourceId,
    text: &str,
    outer: &OffsetMap,
    limits: Limits,
) -> Result<Vec<Node>, YamlError> {
    let mut left = MAX_JOINED.min(MAX_JOINED_BYTES / (text.len() + 1));
    let mut text = Cow::Borrowed(text);
    loop {
        let mut builder = Builder::new(source, &text, outer, limits);
        let refused = match builder.all() {
            Ok(()) => {
                let error = builder.separator();
                return error.map_or(Ok(builder.documents), Err);
            }
            Err(refused) => refused,
        };
        let place = refused.indented.filter(|_| left > 0);
        let Some(joined) = place.and_then(|at| flow::joined(&text, at)) else {
            return Err(refused.error);
        };
        left -= 1;
        text = Cow::Owned(joined);
    }
}

/// Characters that end a line in YAML 1.1, which Kubernetes reads, and do not in YAML 1.2: what follows one in a comment would be hidden.
///
/// YAML 1.1, section 4.2 "Line Break Characters"; YAML 1.2.2, section 5.4 "Line Break Characters".
const SEPARATORS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// The reason why a text cannot be parsed.
struct Refused {
    error: YamlError,
    /// The byte at which the parser expects indentation.
    indented: Option<usize>,
}

impl From<YamlError> for Refused {
    fn from(error: YamlError) -> Self {
        Self {
            error,
            indented: None,
        }
    }
}

struct Builder<'a> {
    source: SourceId,
    text: &'a str,
    outer: &'a OffsetMap,
    limits: Limits,
    embedded: bool,
    places: Places<'a>,
    open: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    documents: Vec<Node>,
    last_end: usize,
    nodes: usize,
    from_aliases: usize,
    from_anchors: usize,
    /// Where texts in quotation marks are, if the text has a line separator that two versions of YAML read differently.
    quoted: Option<Vec<Range<usize>>>,
}

/// A list or map that is not closed yet.
struct Frame {
    start: usize,
    anchor: usize,
    /// The function of its tag.
    function: Option<&'static str>,
    container: Container,
}

enum Container {
    List(Vec<Node>),
    Map {
        members: Vec<(Node, Node)>,
        key: Option<Node>,
    },
}

/// A node that aliases may repeat.
struct Anchored {
    node: Node,
    count: usize,
    depth: usize,
}

impl<'a> Builder<'a> {
    fn new(source: SourceId, text: &'a str, outer: &'a OffsetMap, limits: Limits) -> Self {
        Self {
            source,
            text,
            outer,
            limits,
            embedded: *outer != OffsetMap::default(),
            places: Places::new(text),
            open: Vec::new(),
            anchors: HashMap::new(),
            documents: Vec::new(),
            last_end: 0,
            nodes: 0,
            from_aliases: 0,
            from_anchors: 0,
            quoted: text.contains(SEPARATORS).then(Vec::new),
        }
    }

    /// The error for the first line separator outside of quotation marks that two versions of YAML read differently.
    fn separator(&self) -> Option<YamlError> {
        let quoted = self.quoted.as_ref()?;
        let mut places = self.text.match_indices(SEPARATORS);
        let (at, separator) =
            places.find(|(at, _)| quoted.iter().all(|part| !part.contains(at)))?;
        let code = separator.chars().next().map_or(0, u32::from);
        let place = |at: usize| self.outer.outer(offset(at));
        Some(YamlError {
            message: format!(
                "a line separator (U+{code:04X}) that YAML 1.1 and 1.2 read differently"
            ),
            help: Some("write a line feed".to_owned()),
            origin: Origin {
                source: self.source,
                span: Span {
                    start: place(at),
                    end: place(at + separator.len()),
                },
            },
        })
    }

    fn all(&mut self) -> Result<(), Refused> {
        for event in Parser::new_from_str(self.text) {
            let (event, span) = event.map_err(|error| Refused {
                indented: INDENTATION
                    .contains(&error.info())
                    .then(|| self.places.byte(error.marker().index())),
                error: self.scan_error(&error),
            })?;
            let start = self.places.byte(span.start.index());
            let end = self.places.byte(span.end.index());
            self.event(event, start, end)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, start: usize, end: usize) -> Result<(), YamlError> {
        match event {
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
            Event::Scalar(text, style, anchor, tag) => {
                let function = tag.as_deref().and_then(function);
                let start = match tag {
                    Some(_) => self.behind_tag(style, start, end),
                    None => start,
                };
                let forced = function.is_some()
                    || tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                let node = self.scalar(&text, style, forced, start, end);
                let is_quoted =
                    matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                if let Some(quoted) = self.quoted.as_mut().filter(|_| is_quoted) {
                    quoted.push(start..end);
                }
                self.push(called(function, node), anchor)
            }
            Event::Alias(anchor) => self.alias(anchor, start, end),
            Event::SequenceStart(anchor, tag) => {
                let function = tag.as_deref().and_then(function);
                self.open(start, anchor, function, Container::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => self.open(
                start,
                anchor,
                tag.as_deref().and_then(function),
                Container::Map {
                    members: Vec::new(),
                    key: None,
                },
            ),
            Event::SequenceEnd | Event::MappingEnd => self.close(start, end),
        }
    }

    fn open(
        &mut self,
        start: usize,
        anchor: usize,
        function: Option<&'static str>,
        container: Container,
    ) -> Result<(), YamlError> {
        if self.open.len() >= self.limits.depth {
            return Err(self.too_deep(start, start + 1));
        }
        self.open.push(Frame {
            start,
            anchor,
            function,
            container,
        });
        Ok(())
    }

    fn close(&mut self, start: usize, end: usize) -> Result<(), YamlError> {
        let Some(frame) = self.open.pop() else {
            return Ok(());
        };
        // The end of a block collection is noticed only at the next token: it ends with its last child.
        if end > start {
            self.last_end = end;
        }
        let end = self.last_end.max(frame.start);
        let value = match frame.container {
            Container::List(items) => Value::List(items),
            Container::Map { members, .. } => Value::Map(merge(members)),
        };
        let node = Node {
            value,
            origin: self.origin(frame.start, end),
        };
        self.push(called(frame.function, node), frame.anchor)
    }

    fn push(&mut self, node: Node, anchor: usize) -> Result<(), YamlError> {
        self.nodes += 1;
        let limit = self.limits.nodes;
        if self.nodes > limit {
            let message = format!("more than {limit} values in one file");
            return Err(self.error(
                &message,
                Some("split the file"),
                self.last_end,
                self.last_end,
            ));
        }
        if anchor > 0 {
            let (count, depth) = measure(&node);
            // A copy is kept of each anchored value, also of nested ones.
            self.from_anchors += count;
            let limit = self.limits.anchor_nodes;
            if self.from_anchors > limit {
                let message = format!("anchors hold more than {limit} values");
                return Err(self.error(
                    &message,
                    Some("remove the anchors that no alias uses"),
                    self.last_end,
                    self.last_end,
                ));
            }
            self.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    count,
                    depth,
                },
            );
        }
        match self.open.last_mut().map(|frame| &mut frame.container) {
            None if node.is_null() => {}
            None => self.documents.push(node),
            Some(Container::List(items)) => items.push(node),
            Some(Container::Map { members, key }) => match key.take() {
                Some(key) => members.push((key, node)),
                None => *key = Some(node),
            },
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, start: usize, end: usize) -> Result<(), YamlError> {
        self.last_end = end;
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(self.error(
                "this alias is inside the value that it repeats",
                None,
                start,
                end,
            ));
        };
        if self.open.len() + anchored.depth > self.limits.depth {
            return Err(self.too_deep(start, end));
        }
        let limit = self.limits.alias_nodes;
        if self.from_aliases + anchored.count > limit {
            let message = format!("aliases produce more than {limit} values");
            return Err(self.error(&message, Some("write the repeated part once"), start, end));
        }
        self.from_aliases += anchored.count;
        let node = anchored.node.clone();
        self.push(node, 0)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        forced: bool,
        start: usize,
        end: usize,
    ) -> Node {
        let raw = self.text.get(start..end).unwrap_or("");
        let end = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => start + raw.trim_end().len(),
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => end,
        };
        self.last_end = end.max(self.last_end);
        let plain = style == ScalarStyle::Plain && !forced;
        let value = match if plain { typed(text) } else { None } {
            Some(value) => value,
            None => Value::String(Scalar {
                text: Text::from(text),
                offsets: self.offsets(text, style, start, end),
            }),
        };
        Node {
            value,
            origin: self.origin(start, end),
        }
    }

    /// The place at which the scalar behind a tag begins: the parser counts the tag as part of the scalar.
    fn behind_tag(&self, style: ScalarStyle, start: usize, end: usize) -> usize {
        let raw = self.text.get(start..end).unwrap_or("");
        let Some(tag) = raw.starts_with('!').then(|| raw.find(char::is_whitespace)) else {
            return start;
        };
        let mut rest = tag.and_then(|at| raw.get(at..)).unwrap_or("").trim_start();
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            // The text of a block begins in the line below its sign.
            rest = rest
                .split_once('\n')
                .map_or("", |(_, text)| text)
                .trim_start();
        }
        end - rest.len()
    }

    fn offsets(&self, text: &str, style: ScalarStyle, start: usize, end: usize) -> OffsetMap {
        let local = self.places.align(text, style, start, end);
        if !self.embedded {
            return local;
        }
        let at = |inner: usize| self.outer.outer(local.outer(offset(inner)));
        let mut whole = OffsetMap::from_start(at(0));
        for (inner, _) in text.char_indices().skip(1) {
            whole.push(inner, at(inner));
        }
        whole
    }

    fn origin(&self, start: usize, end: usize) -> Origin {
        Origin {
            source: self.source,
            span: self.outer.span(Span::new(start, end)),
        }
    }

    fn error(&self, message: &str, help: Option<&str>, start: usize, end: usize) -> YamlError {
        let origin = self.origin(start, end.min(self.text.len()));
        YamlError {
            message: message.to_owned(),
            help: help.map(str::to_owned),
            origin,
        }
    }

    fn too_deep(&self, start: usize, end: usize) -> YamlError {
        let message = format!("nested deeper than {} levels", self.limits.depth);
        self.error(&message, Some("no input needs this depth"), start, end)
    }

    fn scan_error(&self, error: &ScanError) -> YamlError {
        let at = self
            .places
            .byte(error.marker().index())
            .min(self.text.len());
        let length = self
            .text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        if error.info().contains("recursion limit") {
            // The parser reads ahead and meets its own bound before ours.
            return self.too_deep(at, at + length);
        }
        self.error(
            &format!("not valid YAML: {}", error.info()),
            None,
            at,
            at + length,
        )
    }
}

/// Merges the members of `<<` into their map; the map's own members take precedence.
fn merge(members: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
    let is_merge = |key: &Node| key.as_str() == Some("<<");
    if !members.iter().any(|(key, _)| is_merge(key)) {
        return members;
    }
    let (merged, mut own): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|(key, _)| is_merge(key));
    let mut known: HashSet<Option<Text>> = own.iter().map(|(key, _)| key.scalar_text()).collect();
    for (_, value) in merged {
        let sources = match value.value {
            Value::List(items) => items,
            _ => vec![value],
        };
        for source in sources {
            let Value::Map(inherited) = source.value else {
                continue;
            };
            for (key, value) in inherited {
                if known.insert(key.scalar_text()) {
                    own.push((key, value));
                }
            }
        }
    }
    own
}

/// The number of values in a node, itself included, and its depth; long text counts as several values.
fn measure(node: &Node) -> (usize, usize) {
    let children: Box<dyn Iterator<Item = &Node>> = match &node.value {
        Value::List(items) => Box::new(items.iter()),
        Value::Map(members) => Box::new(members.iter().flat_map(|(key, value)| [key, value])),
        Value::String(scalar) => return (1 + scalar.text.literal().len() / 64, 0),
        Value::Null | Value::Bool(_) | Value::Number(_) => return (1, 0),
    };
    children
        .map(measure)
        .fold((1, 1), |(count, depth), (more, deeper)| {
            (count + more, depth.max(deeper + 1))
        })
}

#[cfg(test)]
mod tests;
