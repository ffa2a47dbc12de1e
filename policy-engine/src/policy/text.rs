//! Policies from the text of one document, for programs that embed the engine.

use super::{
    PolicyDocument, PolicyType,
    error::PolicyTextError,
    parse::{self, Gravity},
    set::PolicySet,
};
use crate::{source::SourceId, syntax::json};
use std::sync::Arc;

impl PolicyDocument {
    /// Parses the text of one policy document, for the facts of an [`Inventory`](crate::Inventory). `name` is the name that
    /// explanations show: that of an inline or managed policy, or `trust policy`.
    ///
    /// ```
    /// use policy_engine::{PolicyDocument, PolicyType};
    ///
    /// let text = r#"{ "Version": "2012-10-17", "Statement":
    ///     { "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*" } }"#;
    /// assert_eq!(PolicyDocument::parse(PolicyType::Identity, "read", text)?.statements.len(), 1);
    ///
    /// let error = PolicyDocument::parse(PolicyType::Identity, "read", "Version: 2012-10-17").unwrap_err();
    /// assert!(error.to_string().starts_with("not JSON: "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the text is not JSON, or has a mistake with which AWS refuses to save it.
    pub fn parse(
        kind: PolicyType,
        name: impl Into<Arc<str>>,
        text: &str,
    ) -> Result<Self, PolicyTextError> {
        let node = json::parse(SourceId(0), text).map_err(PolicyTextError::Json)?;
        let (document, mut mistakes) = parse::document(&node, kind, name);
        mistakes.retain(|mistake| mistake.gravity != Gravity::Odd);
        if mistakes.is_empty() {
            Ok(document)
        } else {
            Err(PolicyTextError::Policy(mistakes))
        }
    }
}

impl PolicySet {
    /// Parses the text of one policy document and compiles it.
    ///
    /// ```
    /// use policy_engine::{PolicySet, PolicyType};
    ///
    /// let text = r#"{ "Version": "2012-10-17", "Statement":
    ///     { "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*" } }"#;
    /// assert!(PolicySet::parse(PolicyType::Identity, text).is_ok());
    ///
    /// let error = PolicySet::parse(PolicyType::Identity, r#"{ "Version": "2012-10-17" }"#).unwrap_err();
    /// assert_eq!(error.to_string(), "a policy needs a `Statement`");
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the text is not JSON, or has a mistake with which AWS refuses to save it.
    pub fn parse(kind: PolicyType, text: &str) -> Result<Self, PolicyTextError> {
        let document = PolicyDocument::parse(kind, kind.to_string(), text)?;
        Ok(Self::new(kind, [Arc::new(document)]))
    }
}
