//! Condition operators: their names and families (docs/semantics.md#conditions).

/// A set qualifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetQualifier {
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

/// The family of values that an operator compares, without its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The whole text.
    StringEquals,
    /// The whole text in lower case.
    StringEqualsIgnoreCase,
    /// Text with wildcards.
    StringLike,
    /// Decimals.
    Numeric(Relation),
    /// Instants.
    Date(Relation),
    /// `true` or `false`.
    Bool,
    /// Bytes.
    Binary,
    /// An address in a range.
    IpAddress,
    /// ARNs, segment by segment; `ArnEquals` and `ArnLike` are the same.
    Arn,
    /// Whether the key is absent.
    Null,
}

/// The required order of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Equal.
    Equals,
    /// The request's value is less.
    LessThan,
    /// Less or equal.
    LessThanEquals,
    /// The request's value is greater.
    GreaterThan,
    /// Greater or equal.
    GreaterThanEquals,
}

/// A condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub qualifier: Option<SetQualifier>,
    /// The family of values.
    pub comparison: Comparison,
    /// Whether it is the `…Not…` form.
    pub negated: bool,
    /// Whether it ends in `IfExists`.
    pub if_exists: bool,
}

/// The reason why an operator's name is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorError {
    /// AWS has no such operator.
    #[error("`{name}` is not a condition operator")]
    Unknown {
        /// The name as written.
        name: String,
    },
    /// `NullIfExists`: `Null` itself tests absence.
    #[error("`Null` takes no `IfExists`")]
    NullIfExists,
}

/// Every operator in AWS's spelling; the last member is whether it is negated.
pub const OPERATORS: &[(&str, Comparison, bool)] = &[
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    (
        "StringEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        false,
    ),
    (
        "StringNotEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        true,
    ),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    (
        "NumericEquals",
        Comparison::Numeric(Relation::Equals),
        false,
    ),
    (
        "NumericNotEquals",
        Comparison::Numeric(Relation::Equals),
        true,
    ),
    (
        "NumericLessThan",
        Comparison::Numeric(Relation::LessThan),
        false,
    ),
    (
        "NumericLessThanEquals",
        Comparison::Numeric(Relation::LessThanEquals),
        false,
    ),
    (
        "NumericGreaterThan",
        Comparison::Numeric(Relation::GreaterThan),
        false,
    ),
    (
        "NumericGreaterThanEquals",
        Comparison::Numeric(Relation::GreaterThanEquals),
        false,
    ),
    ("DateEquals", Comparison::Date(Relation::Equals), false),
    ("DateNotEquals", Comparison::Date(Relation::Equals), true),
    ("DateLessThan", Comparison::Date(Relation::LessThan), false),
    (
        "DateLessThanEquals",
        Comparison::Date(Relation::LessThanEquals),
        false,
    ),
    (
        "DateGreaterThan",
        Comparison::Date(Relation::GreaterThan),
        false,
    ),
    (
        "DateGreaterThanEquals",
        Comparison::Date(Relation::GreaterThanEquals),
        false,
    ),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::IpAddress, false),
    ("NotIpAddress", Comparison::IpAddress, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotLike", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];

impl Operator {
    /// Whether a test matches when the request does not contain the key: the table of docs/semantics.md#absent-keys.
    ///
    /// `Null` tests absence itself and is not in the table.
    pub fn holds_when_absent(self) -> bool {
        match self.qualifier {
            None => self.if_exists || self.negated,
            Some(SetQualifier::ForAllValues) => true,
            // Even with `IfExists`, even negated: seen on the real service.
            Some(SetQualifier::ForAnyValue) => false,
        }
    }

    /// Parses an operator's name, in any case (U-4).
    pub fn parse(name: &str) -> Result<Self, OperatorError> {
        let unknown = || OperatorError::Unknown {
            name: name.to_owned(),
        };
        let (qualifier, rest) = match name.split_once(':') {
            Some((qualifier, rest)) if qualifier.eq_ignore_ascii_case("ForAllValues") => {
                (Some(SetQualifier::ForAllValues), rest)
            }
            Some((qualifier, rest)) if qualifier.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(SetQualifier::ForAnyValue), rest)
            }
            Some(_) => return Err(unknown()),
            None => (None, name),
        };
        let stem_length = rest.len().checked_sub("IfExists".len());
        let stem = stem_length
            .filter(|at| {
                rest.get(*at..)
                    .is_some_and(|tail| tail.eq_ignore_ascii_case("IfExists"))
            })
            .and_then(|at| rest.get(..at));
        let base = stem.unwrap_or(rest);
        let (_, comparison, negated) = OPERATORS
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(base))
            .ok_or_else(unknown)?;
        if *comparison == Comparison::Null && stem.is_some() {
            return Err(OperatorError::NullIfExists);
        }
        Ok(Self {
            qualifier,
            comparison: *comparison,
            negated: *negated,
            if_exists: stem.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualifiers_and_if_exists_are_read() {
        let operator = Operator::parse("ForAnyValue:StringNotLikeIfExists").unwrap();
        assert_eq!(operator.qualifier, Some(SetQualifier::ForAnyValue));
        assert_eq!(operator.comparison, Comparison::StringLike);
        assert!(operator.negated && operator.if_exists);
        assert_eq!(
            Operator::parse("NullIfExists"),
            Err(OperatorError::NullIfExists)
        );
        assert!(Operator::parse("StringMatches").is_err());
        assert!(Operator::parse("ForSome:StringLike").is_err());
        assert!(Operator::parse("stringequals").is_ok());
    }
}
