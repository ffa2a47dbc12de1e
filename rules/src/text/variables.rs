//! The policy variables of a text.

use policy_engine::syntax::variable::{self, Expression, Variable};

/// The variables of a text, each with its start and end in bytes.
pub(crate) fn variables(text: &str) -> Vec<(Variable, usize, usize)> {
    let mut variables = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find("${")) {
        let start = at + next;
        if holds_another(text, start + 2) {
            at = start + 2;
            continue;
        }
        match variable::parse(text, start) {
            Ok((Expression::Variable(variable), length)) => {
                variables.push((variable, start, start + length));
                at = start + length;
            }
            Ok((Expression::Escape(_), length)) => at = start + length,
            Err(_) => at = start + 2,
        }
    }
    variables
}

/// Whether the name that starts at an offset contains `${`: then it is no name of a variable.
fn holds_another(text: &str, name: usize) -> bool {
    let rest = text.get(name..).unwrap_or("");
    let end = rest.find(['}', ',', '$']).unwrap_or(rest.len());
    rest.get(end..).is_some_and(|rest| rest.starts_with("${"))
}

/// The tag of a variable `aws:PrincipalTag/…`.
pub(crate) fn principal_tag(variable: &Variable) -> Option<&str> {
    variable.key.strip_prefix("aws:PrincipalTag/")
}
