//! What `snapshot --live` read from an account: answers of AWS in the form in which its CLI prints them, taken by the reader of
//! saved ones, and what could not be read, which stays unknown.
//!
//! The answers count as a last include: they beat dumps, plans and templates, and a world may name what is in them.

pub(crate) mod take;

use crate::language::aws::answer::Answer;

/// The answers of an account in one region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// The partition.
    pub partition: String,
    /// The answers, one entry a call.
    pub answers: Vec<Answers>,
    /// Where the account is in an organization.
    pub place: Place,
    /// ARNs of keys of which not every grant was read.
    pub unread_grants: Vec<String>,
    /// ARNs of parameters of which the shares were not read.
    pub unread_shares: Vec<String>,
    /// What was refused, and what is unknown because of it.
    pub refused: Vec<String>,
}

/// What one call answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The call as the AWS CLI spells it: `aws kms get-key-policy`.
    pub name: String,
    /// Which one it is.
    pub call: Answer,
    /// The resources of the answers.
    pub items: Vec<Item>,
}

/// The answer about one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The resource's ARN, which is printed in place of a line.
    pub about: String,
    /// The answer.
    pub answer: serde_json::Value,
}

/// An account's place in an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// It is in none.
    Outside,
    /// It is unknown which SCPs and RCPs limit the account.
    #[default]
    Unknown,
    /// It is in this one.
    Inside {
        /// `o-…`
        id: String,
        /// The id of the management account.
        management: Option<String>,
        /// The root, the units below it, and the account itself.
        levels: Vec<Level>,
        /// The policies that are attached there.
        policies: Answers,
    },
}

/// What is attached to a node of the organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// `r-…`, `ou-…` or twelve digits.
    pub id: String,
    /// Whether `FullAWSAccess` is.
    pub full_access: bool,
    /// ARNs of SCPs.
    pub scps: Vec<String>,
    /// ARNs of RCPs.
    pub rcps: Vec<String>,
}
