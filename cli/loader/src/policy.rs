//! Policies in the three forms in which sources keep them: an object, JSON inside a string, and that percent-encoded.

use super::{loading::Loading, shape};
use percent_encoding::percent_decode_str;
use policy_engine::sighting::{Sighting, SightingKind};
use policy_engine::{
    policy::{
        PolicyDocument, PolicyType,
        parse::{self, Gravity, PolicyError},
    },
    source::{OffsetMap, Origin},
    syntax::{
        json::{self, JsonError},
        node::{Node, Scalar, Value},
    },
};
use std::sync::Arc;

/// A whole document, whichever form it has.
pub(super) fn document(
    loading: &mut Loading,
    node: &Node,
    kind: PolicyType,
    name: &str,
) -> Option<Arc<PolicyDocument>> {
    let Value::String(scalar) = &node.value else {
        let (document, errors) = parse::document(node, kind, name);
        report(loading, errors);
        return Some(Arc::new(document));
    };
    let inner = match embedded(node, scalar) {
        Ok(inner) => inner,
        // The rules report it, and the run continues without it.
        Err(error) if loading.options.keeps_faulty_policies => {
            loading.sightings.push(Sighting {
                kind: SightingKind::Encoded { why: error.message },
                object: name.to_owned(),
                what: name.to_owned(),
                origin: error.origin,
                other: Origin::NOWHERE,
            });
            shape::unknown(
                &format!("the {name}, which cannot be read"),
                kind,
                node.origin,
            )
        }
        Err(error) => {
            let message = format!("the {name} is not valid JSON: {}", error.message);
            loading.problem(message, error.help.as_deref(), error.origin);
            return None;
        }
    };
    let (document, errors) = parse::document(&inner, kind, name);
    report(loading, errors);
    Some(Arc::new(document))
}

/// A list of statements under Version 2012-10-17, or a whole document.
pub(super) fn statements(
    loading: &mut Loading,
    node: &Node,
    kind: PolicyType,
    name: &str,
) -> Option<Arc<PolicyDocument>> {
    if node.as_list().is_none() {
        return document(loading, node, kind, name);
    }
    let (document, errors) = parse::statements(node, kind, name);
    report(loading, errors);
    Some(Arc::new(document))
}

/// Why there is no policy in a string.
struct Broken {
    message: String,
    help: Option<String>,
    origin: Origin,
}

impl From<JsonError> for Broken {
    fn from(error: JsonError) -> Self {
        Self {
            message: error.message,
            help: error.help,
            origin: error.origin,
        }
    }
}

/// The JSON inside a string.
fn embedded(node: &Node, scalar: &Scalar) -> Result<Node, Broken> {
    let text = scalar.text.known().unwrap_or("");
    let is_encoded = text
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("%7b"));
    let inner = if is_encoded {
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        // The decoded text has no place of its own in the file.
        let at_node = |error| Broken {
            origin: node.origin,
            ..Broken::from(error)
        };
        let inner = json::parse_embedded(node.origin.source, &decoded, &OffsetMap::default());
        let mut inner = inner.map_err(at_node)?;
        spread(&mut inner, node);
        inner
    } else {
        json::parse_embedded(node.origin.source, text, &scalar.offsets)?
    };
    if inner.as_str().is_some() {
        return Err(Broken {
            message: "the policy is a JSON string inside a JSON string: it was encoded twice"
                .to_owned(),
            help: Some("encode it once".to_owned()),
            origin: node.origin,
        });
    }
    Ok(inner)
}

/// Gives every node the place of another.
fn spread(node: &mut Node, place: &Node) {
    node.origin = place.origin;
    match &mut node.value {
        Value::String(scalar) => {
            // All characters have the beginning of the place.
            let mut offsets = OffsetMap::from_start(place.origin.span.start);
            let text = scalar.text.literal().to_owned();
            for (at, _) in text.char_indices().skip(1) {
                offsets.push(at, place.origin.span.start);
            }
            scalar.offsets = offsets;
        }
        Value::List(items) => items.iter_mut().for_each(|item| spread(item, place)),
        Value::Map(members) => {
            for (key, value) in members {
                spread(key, place);
                spread(value, place);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reports what no policy in AWS has; what AWS merely refuses to save today is left to the rules.
pub(super) fn report(loading: &mut Loading, errors: Vec<PolicyError>) {
    if loading.options.keeps_faulty_policies {
        return;
    }
    for error in errors
        .into_iter()
        .filter(|error| error.gravity == Gravity::Syntax)
    {
        loading.problem(error.message, error.help.as_deref(), error.origin);
    }
}
