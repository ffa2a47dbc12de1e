//! An upper bound of the size of what an expression returns. Expressions can multiply their input: `[@,@]|[@,@]|to_string(@)` returns
//! it four times, and ninety such steps would fill the memory of the node.

use jmespath::ast::Ast;

/// The largest result, and the largest value on the way to it, in bytes of JSON.
pub(super) const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// Whether every value stays within the bound if the input has this many bytes.
pub(super) fn is_bounded(expression: &Ast, input: usize) -> bool {
    let input = u64::try_from(input).unwrap_or(u64::MAX);
    total(expression, input, 1).is_some()
}

/// The bound for `count` inputs with this size together; `None` above the largest size.
fn total(expression: &Ast, size: u64, count: u64) -> Option<u64> {
    let of = |inner: &Ast| total(inner, size, count);
    let sum = |mut parts: std::slice::Iter<'_, Ast>| {
        parts.try_fold(0_u64, |sum, part| Some(sum.saturating_add(of(part)?)))
    };
    let bound = match expression {
        Ast::Identity { .. } | Ast::Field { .. } | Ast::Index { .. } | Ast::Slice { .. } => size,
        Ast::Literal { value, .. } => count.saturating_mul(length(&value.to_string())),
        Ast::ObjectValues { node, .. }
        | Ast::Flatten { node, .. }
        | Ast::Expref { ast: node, .. } => of(node)?,
        Ast::Subexpr { lhs, rhs, .. } => total(rhs, of(lhs)?, count)?,
        Ast::Projection { lhs, rhs, .. } => {
            let list = of(lhs)?;
            total(rhs, list, elements(list, count))?
        }
        Ast::And { lhs, rhs, .. } | Ast::Or { lhs, rhs, .. } => of(lhs)?.max(of(rhs)?),
        Ast::Condition {
            predicate, then, ..
        } => {
            of(predicate)?;
            of(then)?
        }
        Ast::Not { node, .. } => {
            of(node)?;
            count.saturating_mul(5)
        }
        Ast::Comparison { lhs, rhs, .. } => {
            of(lhs)?;
            of(rhs)?;
            count.saturating_mul(5)
        }
        Ast::MultiList { elements, .. } => {
            let own = count.saturating_mul(2 + elements.len() as u64);
            sum(elements.iter())?.saturating_add(own)
        }
        Ast::MultiHash { elements, .. } => elements.iter().try_fold(count * 2, |sum, pair| {
            let own = count.saturating_mul(length(&pair.key) + 4);
            Some(sum.saturating_add(own).saturating_add(of(&pair.value)?))
        })?,
        Ast::Function { name, args, .. } => {
            let parts = sum(args.iter())?;
            match (name.as_str(), args.as_slice()) {
                // A character has at most six as JSON: `\\u003c`.
                ("to_string", _) => parts.saturating_mul(6).saturating_add(count * 2),
                ("join", [Ast::Literal { value, .. }, list]) => {
                    of(list)?.saturating_mul(length(&value.to_string()))
                }
                ("join", [glue, list]) => of(glue)?.saturating_mul(of(list)?),
                ("map", [Ast::Expref { ast, .. }, list]) => {
                    let list = of(list)?;
                    total(ast, list, elements(list, count))?.saturating_add(list)
                }
                _ => parts.saturating_add(count.saturating_mul(32)),
            }
        }
    };
    (bound <= MAX_SIZE).then_some(bound)
}

/// The most elements of lists with this size: each has a character and a comma.
fn elements(size: u64, count: u64) -> u64 {
    count.max(size / 2)
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_expressions_are_bounded_and_those_that_multiply_are_not() {
        let secret = 64 * 1024;
        for path in [
            "a",
            "a.b[0].c",
            "\"a-b\" || 'default'",
            "join(',', a[?b == 'c'].d)",
            "to_string(@)",
            "map(&to_string(@), a)",
            "a[*].{x: b, y: c} | [?x == 'z'] | [0].y",
            "sort_by(a, &b)[*].[c, d][]",
            "a[*].b[*].c[*].d[*].e[*].f",
        ] {
            let expression = jmespath::parse(path).unwrap();
            assert!(is_bounded(&expression, secret), "{path}");
        }
        let many = |step: &str, times: usize| vec![step; times].join("|");
        for path in [
            many("[@,@]", 99) + "|to_string(@)",
            many("[@,@][]", 50),
            many("to_string([@])", 50),
            many("{a:@,b:@}", 30),
            many("map(&[@,@], [@])", 20),
            "join(@, [@, @, @])|join(@, [@, @])".to_owned(),
            many("[@,@].[@,@]", 20),
        ] {
            let expression = jmespath::parse(&path).unwrap();
            assert!(!is_bounded(&expression, secret), "{path}");
        }
    }
}
