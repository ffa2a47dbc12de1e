//! ARNs as statements name them.

use crate::{catalogue::ResourceType, context::Context, document::Document, globs::overlap};
use policy_engine::policy::statement::{Statement, Written};

/// An ARN in `Resource` or `NotResource`.
pub(crate) struct Named<'d> {
    pub(crate) statement: &'d Statement,
    pub(crate) value: &'d Written,
    pub(crate) text: &'d str,
    /// Its parts, at most six; the last one may hold colons.
    pub(crate) fields: Vec<&'d str>,
}

/// Every ARN of a document that is known as a whole.
pub(crate) fn arns<'d>(document: &'d Document<'_>) -> impl Iterator<Item = Named<'d>> {
    document.statements().iter().flat_map(|statement| {
        let values = statement.resource.iter().flat_map(|one| &one.values);
        values.filter_map(move |value| {
            let text = value.text.known().filter(|text| text.starts_with("arn:"))?;
            Some(Named {
                statement,
                value,
                text,
                fields: fields(text),
            })
        })
    })
}

/// The parts of an ARN, at most six.
pub(crate) fn fields(text: &str) -> Vec<&str> {
    text.splitn(6, ':').collect()
}

impl<'d> Named<'d> {
    /// A part; empty when it is missing.
    pub(crate) fn field(&self, at: usize) -> &'d str {
        self.fields.get(at).copied().unwrap_or("")
    }

    /// The same where it is a plain text: without wildcards and variables, and not empty.
    pub(crate) fn plain(&self, at: usize) -> Option<&'d str> {
        let field = self.field(at);
        (!field.is_empty() && !field.contains(['*', '?', '$'])).then_some(field)
    }

    /// The forms of its service's ARNs that its last part fits; `None` when the service is not known.
    pub(crate) fn forms(&self, context: &Context<'_>) -> Option<Vec<Vec<String>>> {
        let service = context.catalogue.service(self.plain(2)?)?;
        let own = self.field(5);
        let fits = |form: &Vec<String>| {
            let rest = form.get(5).map_or("", String::as_str);
            overlap(rest, &wildcards(own))
        };
        let prefix = self.field(2);
        let same = |form: &Vec<String>| form.get(2).is_some_and(|one| one == prefix);
        Some(
            service
                .resources
                .iter()
                .map(form)
                .filter(same)
                .filter(fits)
                .collect(),
        )
    }
}

/// A resource type's ARN as parts in which each `${…}` is `*`.
fn form(one: &ResourceType) -> Vec<String> {
    let text = wildcards(&one.arn);
    text.splitn(6, ':').map(str::to_owned).collect()
}

/// A text in which each `${…}` is `*`.
pub(crate) fn wildcards(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}
