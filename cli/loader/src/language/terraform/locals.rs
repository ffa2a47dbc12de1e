//! Values that several expressions refer to: each is evaluated once, so that the cost follows the size of the source.

use super::{references::plain, resolve::Resolver, source::SourceFile};
use crate::value::{hole, size};
use hcl_edit::expr::Expression;
use policy_engine::{source::Origin, syntax::node::Node};
use std::{cell::RefCell, collections::HashMap};

/// How many nodes one value may have.
const MAX_VALUE: usize = 200_000;

/// Local values by module and name; `None` while a value is evaluated.
#[derive(Default)]
pub(super) struct Locals(RefCell<HashMap<(String, String), Option<Node>>>);

impl Resolver<'_> {
    /// The value of a local value in a module.
    pub(super) fn local(&self, module: &str, name: &str, origin: Origin) -> Option<Node> {
        let key = (module.to_owned(), name.to_owned());
        let known = self.locals.0.borrow().get(&key).cloned();
        let value = match known {
            Some(Some(value)) => value,
            Some(None) => {
                return Some(hole(
                    &format!("local.{name}, which refers to itself"),
                    origin,
                ));
            }
            None => {
                let local = self.sources.local(&super::plan::bare(module), name)?;
                self.locals.0.borrow_mut().insert(key.clone(), None);
                let value = self.evaluated(module, name, local);
                self.locals.0.borrow_mut().insert(key, Some(value.clone()));
                value
            }
        };
        self.budget.spend(size(&value)).then_some(value)
    }

    fn evaluated(
        &self,
        module: &str,
        name: &str,
        (expression, file): (&Expression, &SourceFile),
    ) -> Node {
        let value = self.eval(expression, &plain(module, file));
        if size(&value) > MAX_VALUE {
            return hole(&format!("local.{name}, which is too large"), value.origin);
        }
        value
    }
}
