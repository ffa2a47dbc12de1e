//! ARNs and patterns over them: six segments, each matched on its own
//! (docs/semantics.md#resource-matching, docs/semantics.md#arn-operators).

use crate::{
    syntax::{
        glob::{Case, Match, Pattern, Resolve, Syntax},
        variable::VariableError,
    },
    text::{Hole, HoleKind, Text},
    truth::Truth,
};

/// The segments of `arn:partition:service:region:account:resource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: &'a str,
    /// For example `iam`.
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    /// Twelve digits, or `aws` for AWS's own policies.
    pub account: &'a str,
    /// Everything behind the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Parses an ARN; `None` if it has fewer than six segments or does not begin with `arn`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut segments = text.splitn(6, ':');
        if segments.next() != Some("arn") {
            return None;
        }
        let mut next = || segments.next();
        Some(Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        })
    }
}

/// A resource of a request, split once.
#[derive(Clone, Debug)]
pub struct Segmented {
    text: Text,
    /// The positions of the first five colons in the known characters; `None` if there are fewer.
    colons: Option<[usize; 5]>,
    /// The segments, if the text has holes.
    segments: Option<Box<[Text; 6]>>,
}

impl Segmented {
    /// Splits a text at its first five colons.
    pub fn new(text: Text) -> Self {
        let mut colons = [0; 5];
        let mut offsets = text.literal().match_indices(':').map(|(at, _)| at);
        let complete = colons
            .iter_mut()
            .all(|colon| offsets.next().map(|at| *colon = at).is_some());
        let segments = if text.is_known() {
            None
        } else {
            split(&text).map(Box::new)
        };
        Self {
            colons: complete.then_some(colons),
            segments,
            text,
        }
    }

    /// The whole text.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Whether it is an ARN, by its colons.
    pub fn is_arn(&self) -> bool {
        self.colons.is_some()
    }

    /// The known characters of a segment, counted from zero; `None` if the text is not an ARN.
    pub fn literal(&self, index: usize) -> Option<&str> {
        let colons = self.colons.as_ref()?;
        let start = index
            .checked_sub(1)
            .map_or(Some(0), |before| colons.get(before).map(|at| at + 1))?;
        let end = colons
            .get(index)
            .copied()
            .unwrap_or(self.text.literal().len());
        self.text.literal().get(start..end)
    }

    /// A segment, counted from zero; `None` if the text is not an ARN.
    pub fn segment(&self, index: usize) -> Option<Text> {
        match &self.segments {
            Some(segments) => segments.get(index).cloned(),
            None => self.literal(index).map(Text::from),
        }
    }
}

/// Splits a text at its first five colons; holes stay in their segments.
fn split(text: &Text) -> Option<[Text; 6]> {
    let mut colons = text.literal().match_indices(':').map(|(at, _)| at);
    let mut start = 0;
    let mut segments: [Text; 6] = Default::default();
    for segment in segments.iter_mut().take(5) {
        let colon = colons.next()?;
        *segment = text.slice(start, colon);
        // A hole directly before a colon belongs to the segment that the colon ends.
        let trailing = text
            .holes()
            .iter()
            .filter(|(at, _)| *at as usize == colon && colon > start);
        for (_, hole) in trailing {
            *segment = segment.then(&Text::hole(hole.name.clone(), hole.kind));
        }
        start = colon + 1;
    }
    if let Some(last) = segments.last_mut() {
        *last = text.slice(start, text.literal().len());
    }
    Some(segments)
}

/// A pattern of a `Resource` element or of an Arn operator.
#[derive(Clone, Debug)]
pub struct ArnPattern {
    shape: Shape,
    early_variable: bool,
    /// The whole text, if a hole before the fifth colon may contain colons: a text that it cannot match, no filling matches.
    flat: Option<Box<Pattern>>,
    /// The whole text, if a star at the end of an inner segment matches several segments.
    spilled: Option<Box<Pattern>>,
    /// The first five segments with their colons, if they are plain text: one comparison instead of five.
    head: Option<Box<str>>,
}

#[derive(Clone, Debug)]
enum Shape {
    /// `*` alone.
    Any,
    Segments(Box<[Pattern; 6]>),
    /// Fewer than six segments, the rest filled with `*`; the pattern ended in a star.
    Padded(Box<[Pattern; 6]>),
    /// Fewer than six segments: matches no text.
    Short,
    /// A hole may contain the missing colons.
    Unknown,
}

/// How a pattern matched a resource, and the uncertainty on which the match depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArnMatch {
    /// The match depends on no uncertainty.
    Is(Match),
    /// The match requires that a short pattern is filled up (U-9).
    Padded(Match),
    /// The match requires that variables before the fifth colon are substituted (U-10).
    EarlyVariable(Match),
}

impl ArnPattern {
    /// Compiles a pattern; `variables` is off for documents of Version 2008-10-17.
    pub fn new(text: &Text, variables: bool) -> (Self, Vec<VariableError>) {
        if text.known() == Some("*") {
            return (
                Self {
                    shape: Shape::Any,
                    early_variable: false,
                    flat: None,
                    spilled: None,
                    head: None,
                },
                Vec::new(),
            );
        }
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let cuts = colons_outside_variables(text.literal(), variables);
        let mut errors = Vec::new();
        let mut segments = Vec::with_capacity(6);
        let mut start = 0;
        for cut in cuts.iter().copied().chain([text.literal().len()]) {
            let mut piece = text.slice(start, cut);
            if cut < text.literal().len() && cut > start {
                for (_, hole) in text.holes().iter().filter(|(at, _)| *at as usize == cut) {
                    piece = piece.then(&Text::hole(hole.name.clone(), hole.kind));
                }
            }
            let (pattern, mistakes) = Pattern::new(&piece, syntax);
            errors.extend(mistakes.into_iter().map(|mut error| {
                error.span = crate::source::Span::new(
                    error.span.start as usize + start,
                    error.span.end as usize + start,
                );
                error
            }));
            segments.push(pattern);
            start = cut + 1;
        }
        let spills = text.is_known() && spills(text.literal(), &cuts);
        let early_variable = segments
            .iter()
            .take(5)
            .any(|segment| segment.variables().next().is_some());
        let count = segments.len();
        if count < 6 {
            segments.resize(6, Pattern::new(&Text::from("*"), syntax).0);
        }
        let shape = match <[Pattern; 6]>::try_from(segments) {
            Ok(segments) if count == 6 => Shape::Segments(Box::new(segments)),
            Ok(_) if !text.is_known() => Shape::Unknown,
            Ok(segments) if text.literal().ends_with('*') => Shape::Padded(Box::new(segments)),
            _ => Shape::Short,
        };
        let fifth = cuts.get(4).copied().unwrap_or(text.literal().len());
        let may_hold_colons = |(at, hole): &(u32, Hole)| {
            *at as usize <= fifth && matches!(hole.kind, HoleKind::Any | HoleKind::Some)
        };
        let flat = text
            .holes()
            .iter()
            .any(may_hold_colons)
            .then(|| Box::new(Pattern::new(text, syntax).0));
        let spilled = (spills && !early_variable).then(|| Box::new(Pattern::new(text, syntax).0));
        let head = match &shape {
            Shape::Segments(segments) => literal_head(segments),
            Shape::Any | Shape::Padded(_) | Shape::Short | Shape::Unknown => None,
        };
        (
            Self {
                shape,
                early_variable,
                flat,
                spilled,
                head,
            },
            errors,
        )
    }

    /// Whether it is `*` alone.
    pub fn is_any(&self) -> bool {
        matches!(self.shape, Shape::Any)
    }

    /// Whether a hole or a star may contain colons, so that the text behind it may belong to another segment.
    pub(crate) fn has_movable_segments(&self) -> bool {
        self.flat.is_some() || self.spilled.is_some()
    }

    /// How the pattern matches a resource if a star at the end of an inner segment matches several segments; `None` without
    /// such a star.
    pub(crate) fn spills_over(&self, resource: &Segmented, values: &impl Resolve) -> Option<Match> {
        let pattern = self.spilled.as_ref().filter(|_| resource.is_arn())?;
        Some(pattern.matches(&resource.text, values, Case::Sensitive))
    }

    /// The pattern of the last segment; `None` if there are not six.
    pub fn resource(&self) -> Option<&Pattern> {
        self.segment(5)
    }

    /// The pattern of a segment, counted from zero; `None` if there are not six.
    pub fn segment(&self, index: usize) -> Option<&Pattern> {
        match &self.shape {
            Shape::Segments(segments) => segments.get(index),
            Shape::Any | Shape::Padded(_) | Shape::Short | Shape::Unknown => None,
        }
    }

    /// Matches a resource of a request.
    pub fn matches_resource(&self, resource: &Segmented, values: &impl Resolve) -> ArnMatch {
        let (segments, padded) = match &self.shape {
            Shape::Any => return ArnMatch::Is(Match::YES),
            Shape::Short => return ArnMatch::Is(Match::NO),
            Shape::Unknown => return ArnMatch::Is(self.or_flat(Match::NO, &resource.text, values)),
            Shape::Segments(segments) => (segments, false),
            Shape::Padded(segments) => (segments, true),
        };
        let outcome = match (&resource.segments, resource.is_arn()) {
            (None, true) if self.head.is_some() => {
                self.behind_head(segments, resource.text.literal(), values)
            }
            (Some(parts), _) => all(segments.iter().zip(parts.iter()), values),
            (None, true) => all_known(
                segments,
                (0..6).filter_map(|index| resource.literal(index)),
                values,
            ),
            (None, false) if resource.text.is_known() => {
                return ArnMatch::Is(Match::NO);
            }
            (None, false) => return ArnMatch::Is(Match::is(Truth::Unknown)),
        };
        let outcome = self.or_flat(outcome, &resource.text, values);
        match (padded, self.early_variable) {
            (_, true) => ArnMatch::EarlyVariable(outcome),
            (true, false) => ArnMatch::Padded(outcome),
            (false, false) => ArnMatch::Is(outcome),
        }
    }

    /// The match of a text, given the matches of its segments: a hole that contains colons moves them.
    fn or_flat(&self, outcome: Match, text: &Text, values: &impl Resolve) -> Match {
        let Some(flat) = &self.flat else {
            return outcome;
        };
        if !outcome.truth.is_false() {
            return outcome;
        }
        let whole = flat.matches(text, values, Case::Sensitive);
        Match {
            truth: whole.truth.and(Truth::Unknown),
            unresolved: outcome.unresolved.or(whole.unresolved),
        }
    }

    /// Matches a fully known ARN against a pattern with a plain head.
    fn behind_head(&self, segments: &[Pattern; 6], arn: &str, values: &impl Resolve) -> Match {
        let head = self.head.as_deref().unwrap_or_default();
        let [.., last] = segments;
        match arn.strip_prefix(head) {
            Some(rest) => last.matches_part(rest, values, Case::Sensitive),
            // Whether a variable has a value is asked even where nothing can match.
            None if last.has_variables() => {
                Match::NO.and(last.matches_part("", values, Case::Sensitive))
            }
            None => Match::NO,
        }
    }

    /// Matches the value of a condition key; `None` if the value is not an ARN.
    pub fn matches_value(&self, value: &Text, values: &impl Resolve) -> Option<ArnMatch> {
        let known = value.known().map(|known| known.splitn(6, ':').count());
        if known.is_some_and(|count| count < 6) {
            return None;
        }
        let (segments, padded) = match &self.shape {
            // AWS compares segment by segment, and `*` alone is not six of them (U-23).
            Shape::Any => return Some(ArnMatch::Padded(Match::YES)),
            Shape::Padded(segments) => (segments, true),
            Shape::Short => return Some(ArnMatch::Is(Match::NO)),
            Shape::Unknown => {
                return Some(ArnMatch::Is(self.or_flat(Match::NO, value, values)));
            }
            Shape::Segments(segments) => (segments, false),
        };
        let shaped = |outcome| {
            if padded {
                ArnMatch::Padded(outcome)
            } else {
                ArnMatch::Is(outcome)
            }
        };
        if let (Some(known), true) = (value.known(), self.head.is_some()) {
            return Some(ArnMatch::Is(self.behind_head(segments, known, values)));
        }
        if let Some(known) = value.known() {
            let outcome = all_known(segments, known.splitn(6, ':'), values);
            return Some(shaped(self.or_flat(outcome, value, values)));
        }
        let Some(parts) = split(value) else {
            return Some(shaped(Match::is(Truth::Unknown)));
        };
        let outcome = all(segments.iter().zip(parts.iter()), values);
        Some(shaped(self.or_flat(outcome, value, values)))
    }
}

fn all<'a>(pairs: impl Iterator<Item = (&'a Pattern, &'a Text)>, values: &impl Resolve) -> Match {
    pairs
        .map(|(pattern, text)| pattern.matches(text, values, Case::Sensitive))
        .fold(Match::YES, Match::and)
}

fn all_known<'t>(
    segments: &[Pattern; 6],
    texts: impl Iterator<Item = &'t str>,
    values: &impl Resolve,
) -> Match {
    let pairs = segments.iter().zip(texts);
    pairs
        .map(|(pattern, text)| pattern.matches_part(text, values, Case::Sensitive))
        .fold(Match::YES, Match::and)
}

/// The first five segments of a pattern with their colons, if they are plain text.
fn literal_head(segments: &[Pattern; 6]) -> Option<Box<str>> {
    let head = segments.get(..5)?.iter();
    let texts: Option<Vec<_>> = head.map(Pattern::as_literal).collect();
    Some(format!("{}:", texts?.join(":")).into())
}

/// Services whose ARNs have five colons: a star before the fifth has nothing to run over.
const FIVE_COLONS: [&str; 4] = ["iam", "kms", "ssm", "sts"];

/// Whether a star at the end of an inner segment may match several segments: the pattern has no segment for the account, or the
/// star at the end of that segment stands for the beginning of the resource as well.
///
/// AWS: docs/semantics.md#short-arn-patterns
fn spills(text: &str, cuts: &[usize]) -> bool {
    let ends_in_star = |cut: &usize| text.get(..*cut).is_some_and(|head| head.ends_with('*'));
    let (account, resource) = match cuts {
        [.., before, last] if cuts.len() == 5 => (
            text.get(before + 1..*last).unwrap_or(""),
            text.get(last + 1..).unwrap_or(""),
        ),
        _ => return cuts.iter().any(ends_in_star),
    };
    if account.ends_with('*') {
        let service = cuts.get(1).zip(cuts.get(2));
        let service = service.and_then(|(start, end)| text.get(start + 1..*end));
        // Otherwise the segments match whatever the whole text matches.
        return !resource.contains(':')
            && !resource.starts_with('*')
            && !service.is_some_and(|service| FIVE_COLONS.contains(&service));
    }
    let is_account = account == "aws"
        || account.contains(['*', '?', '$'])
        || !account.bytes().any(|byte| byte.is_ascii_alphabetic());
    !is_account && cuts.iter().any(ends_in_star)
}

/// The first five colons that are not inside `${…}`.
fn colons_outside_variables(text: &str, variables: bool) -> Vec<usize> {
    let mut cuts = Vec::with_capacity(5);
    let mut inside = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if variables && at > 0 && text.as_bytes().get(at - 1) == Some(&b'$') => {
                inside = true;
            }
            b'}' => inside = false,
            b':' if !inside => cuts.push(at),
            _ => {}
        }
        if cuts.len() == 5 {
            break;
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{syntax::glob::NoVariables, text::HoleKind};

    fn resource(pattern: &str, arn: Text) -> ArnMatch {
        ArnPattern::new(&Text::from(pattern), true)
            .0
            .matches_resource(&Segmented::new(arn), &NoVariables)
    }

    #[test]
    fn segments_do_not_swallow_each_other() {
        let secret =
            || Text::from("arn:aws:secretsmanager:us-east-1:111111111111:secret:team-a/db-AbCdEf");
        let yes = ArnMatch::Is(Match::YES);
        let no = ArnMatch::Is(Match::NO);
        assert_eq!(
            resource("arn:aws:secretsmanager:us-*-1:*:secret:team-a/*", secret()),
            yes
        );
        assert_eq!(
            resource(
                "arn:aws:secretsmanager:us-east-1:*secret:team-a/*",
                secret()
            ),
            no
        );
        for (pattern, expected) in [
            ("arn:aws:secretsmanager:us-east-1:*:team-a/*", Some(true)),
            ("arn:aws:secretsmanager:*:1111*:team-a/*", Some(true)),
            ("arn:aws:secretsmanager:*:*:team-b/*", Some(false)),
            ("arn:aws:secretsmanager:*:*:secret:team-a/*", None),
            ("arn:aws:kms:*:*:key/*", None),
        ] {
            let pattern = ArnPattern::new(&Text::from(pattern), true).0;
            let spilled = pattern.spills_over(&Segmented::new(secret()), &NoVariables);
            assert_eq!(spilled.map(|met| met.truth.is_true()), expected);
        }
        assert_eq!(resource("arn:aws:secretsmanager:us-east-1", secret()), no);
        assert_eq!(
            resource("arn:aws:secretsmanager:*", secret()),
            ArnMatch::Padded(Match::YES)
        );
        assert_eq!(resource("*", Text::from("*")), yes);
        assert_eq!(
            resource("arn:aws:secretsmanager:*:*:secret:*", Text::from("*")),
            no
        );
    }

    #[test]
    fn a_short_pattern_matches_a_value_only_as_far_as_it_goes() {
        let role = Text::from("arn:aws:iam::111111111111:role/app");
        for (pattern, expected) in [("arn:aws:iam:*", Match::YES), ("arn:aws:s3:*", Match::NO)] {
            let pattern = ArnPattern::new(&Text::from(pattern), true).0;
            let actual = pattern.matches_value(&role, &NoVariables);
            assert_eq!(actual, Some(ArnMatch::Padded(expected)));
        }
    }

    #[test]
    fn a_hole_stays_in_its_segment() {
        let account = Text::from("arn:aws:iam::")
            .then(&Text::hole("account", HoleKind::Any))
            .then(&Text::from(":role/a"));
        assert_eq!(
            resource("arn:aws:iam::*:role/a", account.clone()),
            ArnMatch::Is(Match::YES)
        );
        assert_eq!(
            resource("arn:aws:iam::1:role/a", account.clone()),
            ArnMatch::Is(Match::is(Truth::Unknown))
        );
        assert_eq!(
            resource("arn:aws:iam::1:role/b", account),
            ArnMatch::Is(Match::NO)
        );
    }
}
