//! Local values: each is evaluated once, so that the cost follows the size of the source.

use crate::value::{hole, size};
use policy_engine::{source::Origin, syntax::node::Node};
use std::{cell::RefCell, collections::HashMap};

/// How many nodes one value may have.
const MAX_VALUE: usize = 200_000;

/// Local values by module and name; `None` while a value is evaluated.
#[derive(Default)]
pub(super) struct Locals(RefCell<HashMap<(String, String), Option<Node>>>);

impl Locals {
    /// The value of a local value in a module; `evaluate` makes it at the first use.
    pub(super) fn value(
        &self,
        module: &str,
        name: &str,
        origin: Origin,
        evaluate: impl FnOnce() -> Option<Node>,
    ) -> Option<Node> {
        let key = (module.to_owned(), name.to_owned());
        let known = self.0.borrow().get(&key).cloned();
        match known {
            Some(Some(value)) => return Some(value),
            Some(None) => {
                let name = format!("local.{name}, which refers to itself");
                return Some(hole(&name, origin));
            }
            None => {}
        }
        self.0.borrow_mut().insert(key.clone(), None);
        let value = evaluate();
        let value = value.map(|value| bounded(value, name));
        match &value {
            Some(value) => self.0.borrow_mut().insert(key, Some(value.clone())),
            None => self.0.borrow_mut().remove(&key),
        };
        value
    }
}

fn bounded(value: Node, name: &str) -> Node {
    if size(&value) <= MAX_VALUE {
        return value;
    }
    hole(&format!("local.{name}, which is too large"), value.origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{hole_name, text};
    use std::cell::Cell;

    #[test]
    fn each_local_value_is_evaluated_once() {
        let (locals, count) = (Locals::default(), Cell::new(0));
        assert!(doubled(&locals, &count, 60).is_some());
        assert_eq!(count.get(), 61);
    }

    /// A local value that is the value before it, twice.
    fn doubled(locals: &Locals, count: &Cell<u32>, at: u32) -> Option<Node> {
        locals.value("", &format!("p{at}"), Origin::NOWHERE, || {
            count.set(count.get() + 1);
            if at == 0 {
                return Some(text("p", Origin::NOWHERE));
            }
            doubled(locals, count, at - 1)?;
            doubled(locals, count, at - 1)
        })
    }

    #[test]
    fn a_circle_is_a_hole() {
        let locals = Locals::default();
        let value = locals.value("", "a", Origin::NOWHERE, || {
            locals.value("", "a", Origin::NOWHERE, || None)
        });
        let value = value.unwrap();
        assert_eq!(hole_name(&value), Some("local.a, which refers to itself"));
    }
}
