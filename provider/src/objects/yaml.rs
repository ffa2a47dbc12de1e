//! YAML as a small tree that keeps every scalar's characters; nesting, size and what aliases produce are bounded.

use saphyr_parser::{Event, Parser, ScalarStyle};
use std::{collections::HashMap, rc::Rc};

const MAX_BYTES: usize = 1024 * 1024;
const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 50_000;

/// A value.
#[derive(Debug)]
pub(super) enum Node {
    /// Text, and whether it was written without quotes.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Rc<Node>>),
    /// A mapping, in order, with repeated keys.
    Map(Vec<(Rc<Node>, Rc<Node>)>),
}

impl Node {
    /// Whether it is a null of YAML 1.1.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// How many nodes it has, shared ones counted each time, up to a bound.
    fn weight(&self, bound: usize) -> usize {
        let mut total = 1;
        let children: Vec<&Rc<Node>> = match self {
            Self::Scalar { .. } => Vec::new(),
            Self::List(items) => items.iter().collect(),
            Self::Map(members) => members
                .iter()
                .flat_map(|(key, value)| [key, value])
                .collect(),
        };
        for child in children {
            if total > bound {
                break;
            }
            total += child.weight(bound - total.min(bound));
        }
        total
    }
}

/// The first document, and whether others follow it.
pub(super) fn parse(text: &str) -> Result<(Option<Rc<Node>>, bool), String> {
    if text.len() > MAX_BYTES {
        return Err(format!("the document is longer than {MAX_BYTES} bytes"));
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        builder
            .event(event)
            .map_err(|problem| format!("line {}: {problem}", span.start.line()))?;
    }
    let more = builder.documents.len() > 1;
    Ok((builder.documents.into_iter().next(), more))
}

#[derive(Default)]
struct Builder {
    open: Vec<Frame>,
    anchors: HashMap<usize, Rc<Node>>,
    documents: Vec<Rc<Node>>,
    nodes: usize,
}

struct Frame {
    anchor: usize,
    map: bool,
    items: Vec<Rc<Node>>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let text = text.into_owned();
                self.push(Rc::new(Node::Scalar { text, plain }), anchor)
            }
            Event::SequenceStart(anchor, _) => self.start(anchor, false),
            Event::MappingStart(anchor, _) => self.start(anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => {
                let Some(node) = self.anchors.get(&id).cloned() else {
                    return Err("an alias stands inside its own anchor");
                };
                let room = MAX_NODES.saturating_sub(self.nodes);
                self.nodes += node.weight(room);
                self.push(node, 0)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn start(&mut self, anchor: usize, map: bool) -> Result<(), &'static str> {
        if self.open.len() >= MAX_DEPTH {
            return Err("lists and mappings are nested too deeply");
        }
        self.open.push(Frame {
            anchor,
            map,
            items: Vec::new(),
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let Some(frame) = self.open.pop() else {
            return Ok(());
        };
        let node = if frame.map {
            let mut items = frame.items.into_iter();
            let mut members = Vec::new();
            while let (Some(key), Some(value)) = (items.next(), items.next()) {
                members.push((key, value));
            }
            Node::Map(members)
        } else {
            Node::List(frame.items)
        };
        self.push(Rc::new(node), frame.anchor)
    }

    fn push(&mut self, node: Rc<Node>, anchor: usize) -> Result<(), &'static str> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err("the document, with its aliases, has too many values");
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        match self.open.last_mut() {
            Some(frame) => frame.items.push(node),
            None => self.documents.push(node),
        }
        Ok(())
    }
}
