//! The forms of the ARNs of resource types.

/// A resource type's ARN as at most six parts in which each `${…}` is `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    parts: Vec<String>,
}

impl Form {
    pub(super) fn of(arn: &str) -> Self {
        let text = wildcards(arn);
        Self {
            parts: text.splitn(6, ':').map(str::to_owned).collect(),
        }
    }

    /// A part, where there are so many.
    pub(crate) fn part(&self, at: usize) -> Option<&str> {
        self.parts.get(at).map(String::as_str)
    }
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
