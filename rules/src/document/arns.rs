//! The ARNs in statements.

use crate::{
    catalog::{Catalog, Form, wildcards},
    text::globs::overlap,
};
use policy_engine::policy::statement::{Statement, Written};
use std::sync::OnceLock;

/// An ARN in `Resource` or `NotResource`.
pub(crate) struct Named<'d> {
    pub(crate) statement: &'d Statement,
    pub(crate) value: &'d Written,
    pub(crate) text: &'d str,
    /// Its parts, at most six; the last may contain colons.
    pub(crate) fields: Vec<&'d str>,
    /// The forms of the service that it matches; set by the first rule that needs them.
    forms: OnceLock<Option<Forms>>,
}

/// What the forms of ARNs have in common.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Forms {
    count: usize,
    /// The number of forms in which a part is empty, and in which it is not.
    empty: [usize; 6],
    full: [usize; 6],
}

/// Every ARN of some statements that is known completely.
pub(crate) fn find(statements: &[Statement]) -> Vec<Named<'_>> {
    let each = statements.iter().flat_map(|statement| {
        let values = statement.resource.iter().flat_map(|list| &list.values);
        values.filter_map(move |value| {
            let text = value.text.known().filter(|text| text.starts_with("arn:"))?;
            Some(Named {
                statement,
                value,
                text,
                fields: fields(text),
                forms: OnceLock::new(),
            })
        })
    });
    each.collect()
}

/// The parts of an ARN, at most six.
pub(crate) fn fields(text: &str) -> Vec<&str> {
    text.splitn(6, ':').collect()
}

impl<'d> Named<'d> {
    /// A part; empty if it is missing.
    pub(crate) fn field(&self, at: usize) -> &'d str {
        self.fields.get(at).copied().unwrap_or("")
    }

    /// A part that is not empty and has no wildcard and no variable.
    pub(crate) fn plain(&self, at: usize) -> Option<&'d str> {
        let field = self.field(at);
        (!field.is_empty() && !field.contains(['*', '?', '$'])).then_some(field)
    }

    /// The forms of its service's ARNs that its last part matches; `None` if the service is not known.
    pub(crate) fn forms(&self, catalog: &Catalog) -> Option<Forms> {
        *self.forms.get_or_init(|| {
            let prefix = self.plain(2)?;
            let service = catalog.service(prefix)?;
            let own = wildcards(self.field(5));
            let same = |form: &&Form| form.part(2) == Some(prefix);
            let fits = |form: &&Form| overlap(form.part(5).unwrap_or(""), &own);
            let fitting = service.forms().iter().filter(same).filter(fits);
            Some(fitting.fold(Forms::default(), Forms::and))
        })
    }
}

impl Forms {
    fn and(mut self, form: &Form) -> Self {
        self.count += 1;
        for (at, (empty, full)) in self.empty.iter_mut().zip(&mut self.full).enumerate() {
            match form.part(at) {
                Some("") => *empty += 1,
                Some(_) => *full += 1,
                None => {}
            }
        }
        self
    }

    /// Whether the ARN matches no form.
    pub(crate) fn is_none(self) -> bool {
        self.count == 0
    }

    /// Whether a part is empty in all forms; false without a form.
    pub(crate) fn all_leave(self, part: usize) -> bool {
        !self.is_none() && self.empty.get(part) == Some(&self.count)
    }

    /// Whether no form leaves a part empty; false without a form.
    pub(crate) fn all_fill(self, part: usize) -> bool {
        !self.is_none() && self.full.get(part) == Some(&self.count)
    }
}
