//! The block of Terraform that contains a place.

use policy_engine::source::{Origin, Source};

/// A block at the top of a file.
#[derive(Clone, Copy)]
pub(super) struct Block<'s> {
    /// The type of a resource or a data source.
    pub(super) kind: &'s str,
    pub(super) name: &'s str,
    /// `None` for a block that makes one instance.
    pub(super) instances: Option<Instances<'s>>,
}

/// The argument by which a block makes several instances.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Instances<'s> {
    /// The value of `for_each`.
    Each(&'s str),
    /// The value of `count`.
    Count(&'s str),
}

impl<'s> Block<'s> {
    /// The resource or data source that contains a place.
    pub(super) fn around(source: &'s Source, place: Origin) -> Option<Self> {
        let text: &str = &source.text;
        let at = place.span.start as usize;
        let before = text.get(nearest(text, at.saturating_sub(FAR))..at)?;
        let skipped = at - before.len();
        // The place of a resource can be in the line of its header.
        let line = skipped + before.rfind('\n').map_or(0, |at| at + 1);
        let head = text.get(line..)?.lines().next().unwrap_or_default();
        let start = if is_header(head) {
            line
        } else {
            let ends = before.rmatch_indices('\n');
            let mut ends = ends.map(|(at, _)| skipped + at + 1);
            ends.find(|at| text.get(*at..).is_some_and(is_header))
                .or_else(|| (skipped == 0 && is_header(text)).then_some(0))?
        };
        let rest = text.get(start..nearest(text, start.saturating_add(FAR)))?;
        let mut labels = rest.lines().next()?.split('"');
        let keyword = labels.next()?.trim();
        let (kind, name) = (labels.next()?, labels.nth(1)?);
        let body = rest.split("\n}").next()?;
        let mut arguments = body.lines().skip(1).map(str::trim);
        let instances = arguments.find_map(|line| {
            let (argument, value) = line.split_once('=')?;
            match argument.trim() {
                "for_each" => Some(Instances::Each(value.trim())),
                "count" => Some(Instances::Count(value.trim())),
                _ => None,
            }
        });
        ["resource", "data"].contains(&keyword).then_some(Self {
            kind,
            name,
            instances,
        })
    }
}

/// How far the header of a block is looked for.
const FAR: usize = 64 * 1024;

/// The nearest beginning of a character at a place or behind it.
fn nearest(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

impl Instances<'_> {
    /// The key of the own instance.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Each(_) => "each.key",
            Self::Count(_) => "count.index",
        }
    }
}

/// Whether a text begins with the header of a block.
fn is_header(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    line.starts_with(|first: char| first.is_ascii_lowercase()) && line.trim_end().ends_with('{')
        || ["resource \"", "data \"", "module \""]
            .iter()
            .any(|start| line.starts_with(start))
}
