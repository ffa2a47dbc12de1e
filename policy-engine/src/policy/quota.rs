//! The size limits of documents (docs/semantics.md#quotas).

use super::{PolicyDocument, PolicyType};

impl PolicyType {
    /// The largest document that AWS accepts, in characters, and whether white space counts.
    fn limit(self) -> (usize, bool) {
        match self {
            // Inline policies of a role share more; a managed policy is the largest single document.
            Self::Identity | Self::Boundary => (6_144, false),
            Self::Session => (2_048, true),
            Self::Resource | Self::Endpoint => (20_480, true),
            // The default is 2,048; it can be raised to this.
            Self::Trust => (4_096, false),
            Self::Key => (32_768, true),
            Self::Scp => (10_240, true),
            Self::Rcp => (5_120, true),
        }
    }
}

impl PolicyDocument {
    /// The error for a document that is too large; `text` is the document as it is sent to AWS.
    pub fn over_quota(&self, kind: PolicyType, text: &str) -> Option<String> {
        let (limit, blanks) = kind.limit();
        let size = text
            .chars()
            .filter(|character| blanks || !character.is_whitespace())
            .count();
        (size > limit).then(|| {
            let counted = if blanks {
                ""
            } else {
                ", white space not counted"
            };
            format!(
                "`{}` has {size} characters{counted}; the limit of every {kind} is {limit}",
                self.name
            )
        })
    }
}
