//! Tests of tags that keep a statement from matching.

use super::case::Case;
use crate::text::{
    session_tags,
    tag_keys::{resource_tag, strip},
};
use policy_engine::{
    evaluator::explain::{Element, Miss, StatementTrace},
    inventory::Tag,
    source::{Origin, Span},
    truth::Truth,
};

/// Why tests of tags alone keep the nearest statement from matching.
pub(crate) enum TagTest<'a> {
    /// Variables are literal text in this version of the policy language (docs/semantics.md#version).
    OldVersion(&'a StatementTrace, &'a Miss),
    /// The request has no value for a variable (docs/semantics.md#unresolved-variables).
    Variable(VariableTest<'a>),
    /// The tag of the object is missing or has another value (docs/semantics.md#resource-tags).
    Object(ObjectTest<'a>),
}

/// A variable that the request has no value for.
pub(crate) struct VariableTest<'a> {
    pub(crate) miss: &'a Miss,
    pub(crate) name: &'a str,
    /// The tag of the caller in the variable.
    pub(crate) tag: Option<&'a str>,
    /// The place of the tag, else of the variable.
    pub(crate) place: Origin,
}

/// A test of an object's tag.
pub(crate) struct ObjectTest<'a> {
    pub(crate) miss: &'a Miss,
    pub(crate) tag: &'a str,
    misses: Vec<&'a Miss>,
    nearest: &'a StatementTrace,
}

impl<'a> TagTest<'a> {
    /// `service` is that of the request, and `mounted` that of the object: a request of another service is about other tags.
    pub(super) fn of(nearest: &'a StatementTrace, service: &str, mounted: &str) -> Option<Self> {
        let misses = nearest.missed.iter();
        let misses: Vec<_> = misses.filter(|miss| miss.truth == Truth::False).collect();
        let is_absent = |miss: &&Miss| is_of_other_service(miss, service);
        if !misses.iter().all(|miss| is_about_tags(miss)) || misses.iter().any(is_absent) {
            return None;
        }
        let first = misses.first()?;
        if !nearest.document.has_variables() && has_variable(first) {
            return Some(Self::OldVersion(nearest, first));
        }
        let mut variables = misses
            .iter()
            .filter_map(|miss| Some((miss, miss.unresolved.first()?)));
        if let Some((miss, (name, place))) = variables.next() {
            return Some(Self::Variable(VariableTest::new(miss, name, *place)));
        }
        let mut tags = misses
            .iter()
            .filter_map(|miss| Some((*miss, resource_tag(miss.key.as_deref()?)?)));
        let (miss, tag) = tags.next().filter(|_| service == mounted)?;
        // A negated test asks for another value, and a text with the name of a variable is a broken variable.
        let is_negated = miss
            .operator
            .as_deref()
            .is_some_and(|own| own.contains("Not"));
        if is_negated
            || miss
                .wanted
                .iter()
                .any(|wanted| wanted.contains("aws:PrincipalTag/"))
        {
            return None;
        }
        Some(Self::Object(ObjectTest {
            miss,
            tag,
            misses,
            nearest,
        }))
    }
}

/// Whether a test is about a condition key of another service, which the request does not contain whatever tags the object has
/// (docs/semantics.md#keys-that-an-action-does-not-supply).
fn is_of_other_service(miss: &Miss, service: &str) -> bool {
    let key = miss
        .key
        .as_deref()
        .filter(|key| resource_tag(key).is_some());
    let prefix = key.and_then(|key| key.split(':').next());
    prefix.is_some_and(|prefix| {
        let mut own = ["aws", service].into_iter();
        !own.any(|own| own.eq_ignore_ascii_case(prefix))
    })
}

fn is_about_tags(miss: &Miss) -> bool {
    match miss.element {
        Element::Condition(_) => true,
        Element::Resource => has_variable(miss) || !miss.unresolved.is_empty(),
        Element::Action | Element::Principal => false,
    }
}

fn has_variable(miss: &Miss) -> bool {
    miss.wanted.iter().any(|wanted| wanted.contains("${"))
}

impl<'a> VariableTest<'a> {
    fn new(miss: &'a Miss, name: &'a str, place: Origin) -> Self {
        let tag = strip(name, "aws:PrincipalTag/");
        Self {
            miss,
            name,
            tag,
            // The tag is the last part of the variable, and no part of a tag is ever escaped.
            place: tag.map_or(place, |tag| tail(place, tag.len())),
        }
    }

    /// The tag, where EKS sets it on a session.
    pub(crate) fn session_tag(&self) -> Option<&'a str> {
        let mut keys = session_tags::KEYS.iter();
        let is_key = |tag: &&str| keys.any(|key| key.eq_ignore_ascii_case(tag));
        self.tag.filter(is_key)
    }
}

impl ObjectTest<'_> {
    /// The tag of the object with this key.
    pub(crate) fn own<'c>(&self, case: &Case<'c>) -> Option<&'c Tag> {
        let mut tags = case.object_tags()?.list.iter();
        tags.find(|own| own.key.value.eq_ignore_ascii_case(self.tag))
    }

    /// A tag of the object whose key comes close to this one.
    pub(crate) fn similar<'c>(&self, case: &Case<'c>, most_letters: usize) -> Option<&'c Tag> {
        let tags = case.object_tags().map(|tags| tags.list.as_slice());
        let mut tags = tags.unwrap_or_default().iter();
        let keys = tags.clone().map(|own| own.key.value.as_str());
        let near = session_tags::nearest(self.tag, keys, most_letters)?;
        tags.find(|own| own.key.value == near)
    }

    /// The key that the condition was intended to test, with the place of the key: its value is a tag of the caller, and the object has the tag
    /// of the same name with the value of the caller.
    pub(crate) fn intended_key(&self, case: &Case<'_>) -> Option<(Origin, String)> {
        let conditions = &self.nearest.written()?.conditions;
        let mut conditions = conditions.iter();
        let condition = conditions.find(|own| own.key.origin == self.miss.key_origin)?;
        let [value] = condition.values.as_slice() else {
            return None;
        };
        let tag = value.text.known()?.strip_prefix("${")?.strip_suffix('}')?;
        let tag = strip(tag, "aws:PrincipalTag/")?;
        let mut own = case.object_tags()?.list.iter();
        let is_same = own.any(|own| {
            let value = own.value.value.known();
            own.key.value == tag
                && value.is_some_and(|value| self.miss.wanted.iter().any(|wanted| wanted == value))
        });
        let key = condition.key.text.known()?;
        let prefix = key.strip_suffix(self.tag)?;
        is_same.then(|| (condition.key.origin, format!("{prefix}{tag}")))
    }

    /// `team = payments`: each tag that the object lacks, with a value that the policy requires.
    pub(crate) fn missing(&self) -> Vec<String> {
        let absent = self.misses.iter().filter(|miss| miss.actual.is_empty());
        let missing = absent.filter_map(|miss| {
            let value = miss.wanted.first().map_or("…", String::as_str);
            Some(format!("{} = {value}", resource_tag(miss.key.as_deref()?)?))
        });
        missing.collect()
    }
}

/// The last bytes of a place.
fn tail(origin: Origin, length: usize) -> Origin {
    let length = u32::try_from(length).unwrap_or(0);
    let start = origin
        .span
        .end
        .saturating_sub(length)
        .max(origin.span.start);
    Origin {
        source: origin.source,
        span: Span {
            start,
            end: origin.span.end,
        },
    }
}
