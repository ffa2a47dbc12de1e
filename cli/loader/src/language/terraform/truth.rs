//! Operators: what comparisons, logic and arithmetic make of values.
//!
//! Terraform documentation, "Arithmetic and Logical Operators".

use crate::value::truth;
use hcl_edit::expr::BinaryOperator;
use policy_engine::syntax::node::{Node, Value};

/// The number that a node is, also one that is spelt as text.
pub(super) fn number(node: &Node) -> Option<f64> {
    node.scalar_text()?.known()?.parse::<f64>().ok()
}

/// A number as Terraform writes it; nothing where a floating-point number may differ from the decimal that Terraform computes.
pub(super) fn written(number: f64) -> Option<Value> {
    /// Beyond this, a floating-point number skips integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    /// Fractions of this are exact.
    const PART: f64 = 1_048_576.0;
    let scaled = number * PART;
    let is_whole = number.abs() <= EXACT && number.fract() == 0.0;
    let is_exact = is_whole || scaled.abs() <= EXACT && scaled.fract() == 0.0;
    // `{}` writes an integer without a fraction.
    is_exact.then(|| Value::Number(format!("{number}")))
}

/// What an operator makes of two values; nothing where that is unknown.
pub(super) fn binary(operator: BinaryOperator, left: &Node, right: &Node) -> Option<Value> {
    let truths = (truth(left), truth(right));
    let compared = |compare: fn(&f64, &f64) -> bool| {
        Some(Value::Bool(compare(&number(left)?, &number(right)?)))
    };
    let computed = |compute: fn(f64, f64) -> f64| written(compute(number(left)?, number(right)?));
    match operator {
        BinaryOperator::Eq => equal(left, right).map(Value::Bool),
        BinaryOperator::NotEq => equal(left, right).map(|equal| Value::Bool(!equal)),
        BinaryOperator::And => match truths {
            (Some(false), _) | (_, Some(false)) => Some(Value::Bool(false)),
            (Some(true), Some(true)) => Some(Value::Bool(true)),
            _ => None,
        },
        BinaryOperator::Or => match truths {
            (Some(true), _) | (_, Some(true)) => Some(Value::Bool(true)),
            (Some(false), Some(false)) => Some(Value::Bool(false)),
            _ => None,
        },
        BinaryOperator::Less => compared(f64::lt),
        BinaryOperator::LessEq => compared(f64::le),
        BinaryOperator::Greater => compared(f64::gt),
        BinaryOperator::GreaterEq => compared(f64::ge),
        BinaryOperator::Plus => computed(|left, right| left + right),
        BinaryOperator::Minus => computed(|left, right| left - right),
        BinaryOperator::Mul => computed(|left, right| left * right),
        BinaryOperator::Div => computed(|left, right| left / right),
        BinaryOperator::Mod => computed(|left, right| left % right),
    }
}

/// Whether two values are equal; nothing where that depends on a type or a hole.
pub(super) fn equal(left: &Node, right: &Node) -> Option<bool> {
    match (&left.value, &right.value) {
        (Value::Null, other) | (other, Value::Null) => match other {
            Value::Null => Some(true),
            Value::String(scalar) if !scalar.text.is_known() => None,
            _ => Some(false),
        },
        _ => {
            let is_same_type =
                std::mem::discriminant(&left.value) == std::mem::discriminant(&right.value);
            let (left, right) = (left.scalar_text()?, right.scalar_text()?);
            // Values of two types are different, but the type of a variable may convert one.
            match left.known()? == right.known()? {
                true if !is_same_type => None,
                equal => Some(equal),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        let text = |number| match written(number) {
            Some(Value::Number(text)) => text,
            other => format!("{other:?}"),
        };
        assert_eq!(text(3.0), "3");
        assert_eq!(text(-2.5), "-2.5");
        assert_eq!(text(1.0 / 0.0), "None");
        assert_eq!(text(0.1 + 0.2), "None");
    }
}
