//! A policy set from the text of one document, for programs that embed the engine.

use super::{PolicySet, error::PolicyTextError};
use crate::{
    policy::{
        PolicyType,
        parse::{self, Gravity},
    },
    source::SourceId,
    syntax::json,
};
use std::sync::Arc;

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
    /// Fails if the text is not JSON, or has a mistake with which AWS refuses to save it. [`parse::document`] returns the
    /// document and all its mistakes instead.
    pub fn parse(kind: PolicyType, text: &str) -> Result<Self, PolicyTextError> {
        let node = json::parse(SourceId(0), text).map_err(PolicyTextError::Json)?;
        let (document, mut mistakes) = parse::document(&node, kind, kind.to_string());
        mistakes.retain(|mistake| mistake.gravity != Gravity::Odd);
        if mistakes.is_empty() {
            Ok(Self::new(kind, [Arc::new(document)]))
        } else {
            Err(PolicyTextError::Policy(mistakes))
        }
    }
}
