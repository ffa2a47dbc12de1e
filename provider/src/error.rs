//! The error of a mount: a text and a gRPC code that is final for kubelet.

use policy_engine::disarm::disarmed;
use std::fmt;

/// The kind of a failure; each kind is a gRPC code.
///
/// The codes that are not final for kubelet and the driver (`CANCELLED`, `DEADLINE_EXCEEDED`, `UNAVAILABLE`,
/// `RESOURCE_EXHAUSTED`, `ABORTED`) have no kind: after one of them a pod can start with an empty volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The class or the request is invalid.
    InvalidArgument,
    /// A part of the set-up is missing.
    FailedPrecondition,
    /// A secret, a parameter or a Kubernetes object does not exist.
    NotFound,
    /// AWS denies the access.
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
/// The longest hint in that text, in bytes.
const MAX_HINT: usize = 1024;

/// The error of a mount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub(crate) struct MountError {
    kind: Kind,
    message: String,
    /// The change that repairs the mount.
    hint: Option<String>,
}

impl MountError {
    /// Creates an error; the text is cut to its bound, and its hostile characters are escaped.
    pub(crate) fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: bounded(message.as_ref(), MAX_TEXT),
            hint: None,
        }
    }

    /// Sets the hint, in the place of an earlier one; a long text is cut before the hint is.
    #[must_use]
    pub(crate) fn hint(self, hint: impl AsRef<str>) -> Self {
        let hint = Some(bounded(hint.as_ref(), MAX_HINT));
        Self { hint, ..self }
    }

    /// Puts a prefix before the text; the hint stays.
    #[must_use]
    pub(crate) fn within(self, what: &str) -> Self {
        let message = bounded(&format!("{what}{}", self.message), MAX_TEXT);
        Self { message, ..self }
    }

    /// AWS or the policy snapshot denies the access.
    pub(crate) fn denied(message: impl AsRef<str>) -> Self {
        Self::new(Kind::PermissionDenied, message)
    }

    /// The class or the request is invalid.
    pub(crate) fn invalid(message: impl AsRef<str>) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    /// A part of the set-up is missing.
    pub(crate) fn precondition(message: impl AsRef<str>) -> Self {
        Self::new(Kind::FailedPrecondition, message)
    }

    /// The network, a service or this program failed.
    pub(crate) fn internal(message: impl AsRef<str>) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// The kind.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    fn text(&self) -> String {
        let Some(hint) = &self.hint else {
            return self.message.clone();
        };
        let mut text = self.message.clone();
        cut(&mut text, MAX_TEXT - MAX_HINT - BETWEEN.len());
        format!("{text}{BETWEEN}{hint}")
    }
}

const BETWEEN: &str = " hint: ";

impl From<MountError> for tonic::Status {
    fn from(error: MountError) -> Self {
        Self::new(error.kind.code(), error.text())
    }
}

/// A text for a field of a log line, cut: tenants choose its length, and container runtimes split lines above 16 KiB.
pub(crate) fn shown(text: &str) -> String {
    let mut text = text.to_owned();
    cut(&mut text, 512);
    text
}

fn bounded(text: &str, room: usize) -> String {
    let mut out = disarmed(text);
    cut(&mut out, room);
    out
}

/// Cuts a text at the end of a character, and marks the cut with `…`.
fn cut(text: &mut String, room: usize) {
    if text.len() <= room {
        return;
    }
    let end = room.saturating_sub('…'.len_utf8());
    let end = (0..=end).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or(0));
    text.push('…');
}

/// The texts with which libraries wrap the error of a connection; they add nothing to the cause.
const LAYERS: [&str; 3] = ["ServiceError: ", "io error: ", "client error (Connect): "];

/// An error with the texts of its sources; those of connections contain hosts, never contents.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    for _ in 0..8 {
        let Some(next) = source else { break };
        let more = next.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = next.source();
    }
    for layer in LAYERS {
        if let Some(rest) = text.strip_prefix(layer) {
            text = rest.to_owned();
        }
    }
    text
}

/// The place of an error in JSON, without a quotation: the JSON can contain tokens.
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
        let error = error.hint(format!("do\u{7} this {}", "x".repeat(3000)));
        let text = error.to_string();
        assert!(text.len() <= MAX_TEXT, "{}", text.len());
        assert!(text.contains("… hint: do\\u{7} this xxx"), "{text}");
        let error = MountError::invalid("short").hint("first").hint("second");
        assert_eq!(error.to_string(), "short hint: second");
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        source: Option<Box<Layer>>,
    }

    #[test]
    fn the_cause_of_a_connection_is_named_without_the_layers_of_libraries() {
        let chain = |texts: &[&'static str]| {
            let error = texts
                .iter()
                .rev()
                .fold(None, |source, text| Some(Box::new(Layer { text, source })));
            causes(&*error.unwrap())
        };
        let cause = ["tcp connect error", "Connection refused (os error 111)"];
        let expected = cause.join(": ");
        for layers in [
            &["ServiceError", "client error (Connect)"][..],
            &["io error", "client error (Connect)"],
            &[],
        ] {
            assert_eq!(chain(&[layers, &cause].concat()), expected);
        }
        assert_eq!(chain(&["it ended", "io error"]), "it ended: io error");
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
