//! Why a mount fails: one text and one gRPC code that kubelet takes as final.

use std::fmt;

/// What kind of failure it is; each is a gRPC code.
///
/// The codes that kubelet and the driver do not take as final (`CANCELLED`, `DEADLINE_EXCEEDED`, `UNAVAILABLE`,
/// `RESOURCE_EXHAUSTED`, `ABORTED`) cannot be expressed: after one of them a pod may start with an empty volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The class or the request is wrong.
    InvalidArgument,
    /// Something that has to be set up is not.
    FailedPrecondition,
    /// A secret, a parameter or a Kubernetes object is not there.
    NotFound,
    /// AWS refuses.
    PermissionDenied,
    /// The network, a service or this program failed.
    Internal,
}

impl Kind {
    /// The code on the wire.
    pub(crate) fn code(self) -> tonic::Code {
        match self {
            Self::InvalidArgument => tonic::Code::InvalidArgument,
            Self::FailedPrecondition => tonic::Code::FailedPrecondition,
            Self::NotFound => tonic::Code::NotFound,
            Self::PermissionDenied => tonic::Code::PermissionDenied,
            Self::Internal => tonic::Code::Internal,
        }
    }

    /// The code's name in metrics and logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::FailedPrecondition => "FAILED_PRECONDITION",
            Self::NotFound => "NOT_FOUND",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::Internal => "INTERNAL",
        }
    }
}

/// The longest text of an error, in bytes.
const MAX_TEXT: usize = 4096;

/// Why a mount fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct MountError {
    kind: Kind,
    message: String,
}

impl MountError {
    /// Joins a kind and a text; the text is bounded, and its control characters are escaped.
    pub(crate) fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: bounded(message.as_ref()),
        }
    }

    /// The class or the request is wrong.
    pub(crate) fn invalid(message: impl AsRef<str>) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    /// Something that has to be set up is not.
    pub(crate) fn precondition(message: impl AsRef<str>) -> Self {
        Self::new(Kind::FailedPrecondition, message)
    }

    /// The network, a service or this program failed.
    pub(crate) fn internal(message: impl AsRef<str>) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// What kind it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }
}

impl From<MountError> for tonic::Status {
    fn from(error: MountError) -> Self {
        Self::new(error.kind.code(), error.message)
    }
}

fn bounded(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_TEXT));
    for character in text.chars() {
        let before = out.len();
        if character.is_control() || is_invisible(character) {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
        if out.len() > MAX_TEXT - '…'.len_utf8() {
            out.truncate(before);
            out.push('…');
            break;
        }
    }
    out
}

/// Characters that reorder or hide the text around them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Says where JSON is wrong without quoting it, since it may hold tokens.
pub(crate) fn json_problem(error: &serde_json::Error) -> impl fmt::Display {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Data => "a value has the wrong type",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_and_disarmed() {
        let error = MountError::invalid(format!("a\n\u{202e}b{}", "é".repeat(5000)));
        let text = error.to_string();
        assert!(text.starts_with("a\\n\\u{202e}b"), "{text}");
        assert!(text.len() <= MAX_TEXT);
        assert!(text.ends_with('…'));
    }

    #[test]
    fn no_kind_is_a_code_that_is_not_final() {
        use tonic::Code;
        let never = [
            Code::Cancelled,
            Code::DeadlineExceeded,
            Code::Unavailable,
            Code::ResourceExhausted,
            Code::Aborted,
        ];
        for kind in [
            Kind::InvalidArgument,
            Kind::FailedPrecondition,
            Kind::NotFound,
            Kind::PermissionDenied,
            Kind::Internal,
        ] {
            assert!(!never.contains(&kind.code()), "{kind:?}");
        }
    }
}
