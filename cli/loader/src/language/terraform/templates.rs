//! Templates: text with interpolations and directives.
//!
//! Terraform documentation, "Strings and Templates".

use super::{
    budget::MAX_TEXT,
    resolve::Resolver,
    scope::Scope,
    unknown::{placed, unknown_text},
};
use crate::value::{align, json_text, scalar, size, truth};
use hcl_edit::{
    Span as _,
    template::{Directive, Element, ForDirective, IfDirective, Template},
};
use policy_engine::{
    source::{OffsetMap, Origin},
    syntax::node::Node,
    text::TextBuilder,
};

/// A text that a template makes.
struct Made {
    text: TextBuilder,
    offsets: OffsetMap,
}

/// Whether `~` removes the white space at the beginning and at the end of the text between two markers.
#[derive(Clone, Copy, Default)]
struct Stripped {
    first: bool,
    last: bool,
}

impl Resolver<'_> {
    /// The value of a template; what it holds that is unknown makes it unknown, or leaves a hole in it.
    pub(super) fn template<'e>(
        &self,
        elements: impl Iterator<Item = &'e Element>,
        scope: &Scope<'_>,
        origin: Origin,
    ) -> Node {
        let elements: Vec<_> = elements.collect();
        if let [Element::Interpolation(only)] = elements.as_slice() {
            // A template of one expression is that expression, whatever its type.
            return self.eval(&only.expr, scope);
        }
        let mut made = Made {
            text: TextBuilder::default(),
            offsets: OffsetMap::from_start(origin.span.start),
        };
        if self
            .elements(&elements, Stripped::default(), scope, &mut made)
            .is_none()
        {
            return unknown_text(scope, origin);
        }
        if !self.budget.affords_text(made.text.size()) {
            return placed("a text that is too long", origin);
        }
        scalar(made.text.finish(), made.offsets, origin)
    }

    /// Adds what some elements make; nothing where that is unknown.
    fn elements(
        &self,
        elements: &[&Element],
        stripped: Stripped,
        scope: &Scope<'_>,
        made: &mut Made,
    ) -> Option<()> {
        for (at, element) in elements.iter().enumerate() {
            if made.text.size() > MAX_TEXT {
                return Some(());
            }
            let before = at.checked_sub(1).and_then(|before| elements.get(before));
            let next = elements.get(at + 1);
            let around = Stripped {
                first: before.map_or(stripped.first, |before| ends(before)),
                last: next.map_or(stripped.last, |next| begins(next)),
            };
            match element {
                Element::Literal(literal) => literal_part(
                    literal.value(),
                    scope.file.raw(literal.span()),
                    literal.span().map_or(0, |span| span.start),
                    around,
                    made,
                ),
                Element::Interpolation(interpolation) => {
                    let value = self.eval(&interpolation.expr, scope);
                    let part = match value.scalar_text() {
                        Some(part) => part,
                        // What `jsonencode` made stays a tree until its text is needed.
                        None => json_text(&value)?,
                    };
                    let inner = made.text.literal_len();
                    let start = scope.file.origin(interpolation.span()).span.start;
                    for (at, _) in part.literal().char_indices() {
                        made.offsets.push(inner + at, start);
                    }
                    made.text.push(&part);
                }
                Element::Directive(directive) => self
                    .budget
                    .deeper(|| match &**directive {
                        Directive::If(directive) => self.choice(directive, scope, made),
                        Directive::For(directive) => self.repetition(directive, scope, made),
                    })
                    .flatten()?,
            }
        }
        Some(())
    }

    fn choice(&self, directive: &IfDirective, scope: &Scope<'_>, made: &mut Made) -> Option<()> {
        let end = directive.endif_expr.strip.strip_start();
        let decided = truth(&self.eval(&directive.if_expr.cond_expr, scope))?;
        let (template, stripped) = match (&directive.else_expr, decided) {
            (other, true) => (
                &directive.if_expr.template,
                Stripped {
                    first: directive.if_expr.strip.strip_end(),
                    last: other
                        .as_ref()
                        .map_or(end, |other| other.strip.strip_start()),
                },
            ),
            (Some(other), false) => (
                &other.template,
                Stripped {
                    first: other.strip.strip_end(),
                    last: end,
                },
            ),
            (None, false) => return Some(()),
        };
        self.inside(template, stripped, scope, made)
    }

    fn repetition(
        &self,
        directive: &ForDirective,
        scope: &Scope<'_>,
        made: &mut Made,
    ) -> Option<()> {
        let over = &directive.for_expr;
        let stripped = Stripped {
            first: over.strip.strip_end(),
            last: directive.endfor_expr.strip.strip_start(),
        };
        let items = self.items(&self.eval(&over.collection_expr, scope))?;
        for (key, value) in items {
            if !self.budget.spend(size(&value)) {
                return None;
            }
            let mut inner = scope.clone();
            if let Some(name) = &over.key_var {
                inner.names.push((name.as_str().to_owned(), key));
            }
            let name = over.value_var.as_str().to_owned();
            inner.names.push((name, value));
            self.inside(&over.template, stripped, &inner, made)?;
        }
        Some(())
    }

    fn inside(
        &self,
        template: &Template,
        stripped: Stripped,
        scope: &Scope<'_>,
        made: &mut Made,
    ) -> Option<()> {
        let elements: Vec<_> = template.iter().collect();
        self.elements(&elements, stripped, scope, made)
    }
}

/// Adds a literal without the white space that markers beside it remove.
fn literal_part(text: &str, raw: &str, start: usize, stripped: Stripped, made: &mut Made) {
    let (mut text, mut raw, mut start) = (text, raw, start);
    if stripped.first {
        text = text.trim_start();
        let kept = raw.trim_start();
        start += raw.len() - kept.len();
        raw = kept;
    }
    if stripped.last {
        text = text.trim_end();
        raw = raw.trim_end();
    }
    align(&mut made.offsets, made.text.literal_len(), text, raw, start);
    made.text.push_str(text);
}

/// Whether an element removes the white space before it.
fn begins(element: &Element) -> bool {
    match element {
        Element::Literal(_) => false,
        Element::Interpolation(interpolation) => interpolation.strip.strip_start(),
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => directive.if_expr.strip.strip_start(),
            Directive::For(directive) => directive.for_expr.strip.strip_start(),
        },
    }
}

/// Whether an element removes the white space behind it.
fn ends(element: &Element) -> bool {
    match element {
        Element::Literal(_) => false,
        Element::Interpolation(interpolation) => interpolation.strip.strip_end(),
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => directive.endif_expr.strip.strip_end(),
            Directive::For(directive) => directive.endfor_expr.strip.strip_end(),
        },
    }
}
