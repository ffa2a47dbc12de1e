//! Every place that the readers report lies inside its text and on character boundaries.

use policy_engine::{
    evaluator::explain::Explanation,
    policy::{
        PolicyDocument,
        statement::{ListElement, PrincipalElement, Statement, Written},
    },
    source::{Origin, Source, SourceMap, Span},
    syntax::node::{Node, Scalar, Value},
};

/// A place in a source.
pub fn origin(sources: &SourceMap, origin: Origin) {
    let source = sources.get(origin.source);
    let source = source.unwrap_or_else(|| panic!("{origin:?} lies in no source"));
    let Span { start, end } = origin.span;
    assert!(start <= end, "{origin:?} ends before it starts");
    let inside = source.text.get(start as usize..end as usize);
    assert!(inside.is_some(), "{origin:?} cuts {:?}", source.text);
    position(source, origin.span);
}

/// A place in a source, or nowhere.
pub fn somewhere(sources: &SourceMap, place: Origin) {
    if place.is_somewhere() {
        origin(sources, place);
    }
}

/// Lines and columns count from one and lead to the same bytes.
fn position(source: &Source, span: Span) {
    let position = source.position(span);
    assert!(
        position.line >= 1 && position.column >= 1,
        "{position:?} of {span:?}"
    );
    assert!(
        (position.line, position.column) <= (position.end_line, position.end_column),
        "{position:?} of {span:?}"
    );
    let line = source.line_start(position.line);
    let line = line.unwrap_or_else(|| panic!("{position:?} is no line of {:?}", source.text));
    let before = source.slice(Span {
        start: line,
        end: span.start,
    });
    assert_eq!(before.chars().count() + 1, position.column as usize);
    assert!(!before.contains('\n'), "{position:?} of {span:?}");
}

/// A tree as it was read.
pub fn tree(sources: &SourceMap, node: &Node) {
    origin(sources, node.origin);
    match &node.value {
        Value::String(scalar) => characters(sources, node.origin, scalar),
        Value::List(items) => {
            for item in items {
                within(node, item);
                tree(sources, item);
            }
        }
        Value::Map(members) => {
            for (key, value) in members {
                within(node, key);
                within(node, value);
                tree(sources, key);
                tree(sources, value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn within(parent: &Node, child: &Node) {
    let (outer, inner) = (parent.origin.span, child.origin.span);
    assert!(
        outer.start <= inner.start && inner.end <= outer.end,
        "{inner:?} lies outside {outer:?}"
    );
}

/// Each character of a string has a place inside that of the string.
fn characters(sources: &SourceMap, whole: Origin, scalar: &Scalar) {
    let text = scalar.text.literal();
    for (at, character) in text.char_indices() {
        let span = scalar
            .offsets
            .span(Span::new(at, at + character.len_utf8()));
        let place = Origin {
            source: whole.source,
            span,
        };
        origin(sources, place);
        assert!(
            whole.span.start <= span.start && span.end <= whole.span.end,
            "`{character}` at {at} of {text:?} lies outside its string: {span:?} in {whole:?}"
        );
    }
}

/// A document and everything in it.
pub fn document(sources: &SourceMap, document: &PolicyDocument) {
    origin(sources, document.origin);
    for text in document.version.iter().chain(&document.id) {
        origin(sources, text.origin);
    }
    for item in &document.statements {
        statement(sources, item);
    }
}

fn statement(sources: &SourceMap, statement: &Statement) {
    let Statement {
        origin: whole,
        sid,
        effect,
        principal,
        action,
        resource,
        conditions,
        // Holes have no place of their own.
        open: _,
    } = statement;
    origin(sources, *whole);
    if let Some(sid) = sid {
        origin(sources, sid.origin);
    }
    if let Some(effect) = effect {
        origin(sources, effect.origin);
    }
    if let Some(PrincipalElement {
        key,
        origin: place,
        entries,
        ..
    }) = principal
    {
        origin(sources, *key);
        origin(sources, *place);
        for entry in entries {
            written(sources, &entry.value);
        }
    }
    for element in action.iter().chain(resource) {
        let ListElement {
            key,
            origin: place,
            values,
            ..
        } = element;
        origin(sources, *key);
        origin(sources, *place);
        for value in values {
            written(sources, value);
        }
    }
    for condition in conditions {
        origin(sources, condition.operator.origin);
        origin(sources, condition.origin);
        written(sources, &condition.key);
        for value in &condition.values {
            written(sources, value);
        }
    }
}

fn written(sources: &SourceMap, written: &Written) {
    origin(sources, written.origin);
    for (at, character) in written.text.literal().char_indices() {
        origin(
            sources,
            written.inner(Span::new(at, at + character.len_utf8())),
        );
    }
}

/// What an explanation points at.
pub fn explanation(sources: &SourceMap, explanation: &Explanation) {
    let statements = explanation.sets.iter().flat_map(|set| &set.statements);
    for miss in statements.flat_map(|statement| &statement.missed) {
        somewhere(sources, miss.origin);
        somewhere(sources, miss.key_origin);
        for (_, place) in &miss.unresolved {
            somewhere(sources, *place);
        }
    }
}
