//! Conditions, and the functions that rest on them.

use super::{
    evaluate::{Evaluator, MAX_DEPTH},
    parts::{PERHAPS, is_perhaps, same},
};
use crate::value::hole;
use policy_engine::{source::Origin, syntax::node::Node};

impl Evaluator<'_> {
    /// `Fn::If`: the branch, both when they are the same, a hole when it is not known which.
    pub(super) fn choose(&self, argument: &Node, origin: Origin) -> Option<Node> {
        let unknown = |name: &str| Some(hole(&format!("the condition {name}"), origin));
        let perhaps = |name: &str| Some(hole(&format!("{PERHAPS}{name}"), origin));
        let Some([name, yes, no]) = argument.as_list() else {
            return unknown("of Fn::If");
        };
        let name = name.as_str().unwrap_or("of Fn::If");
        match self.condition(name) {
            Some(true) => self.eval(yes),
            Some(false) => self.eval(no),
            None => {
                let (yes, no) = (self.eval(yes), self.eval(no));
                match (&yes, &no) {
                    (None, None) => None,
                    (Some(first), Some(second)) if same(first, second) == Some(true) => yes,
                    (Some(first), Some(second)) if !is_perhaps(first) && !is_perhaps(second) => {
                        unknown(name)
                    }
                    _ => perhaps(name),
                }
            }
        }
    }

    /// Whether a condition of the template holds; nothing when that rests on what is not known.
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        let written = self.entry("Conditions", name)?;
        let key = format!("condition {name}");
        if self.open.borrow().contains(&key) {
            return None;
        }
        self.open.borrow_mut().push(key);
        let holds = self.truth(written);
        self.open.borrow_mut().pop();
        holds
    }

    pub(super) fn truth(&self, node: &Node) -> Option<bool> {
        if let Some([(key, argument)]) = node.as_map() {
            let name = key.as_str()?;
            if name == "Condition" {
                return self.condition(argument.as_str()?);
            }
            if matches!(name, "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not") {
                return self.test(name, argument);
            }
        }
        let value = self.eval(node)?.scalar_text()?;
        match value.known()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    pub(super) fn test(&self, name: &str, argument: &Node) -> Option<bool> {
        self.steps.set(self.steps.get() + 1);
        if self.is_spent() || self.depth.get() >= MAX_DEPTH {
            return None;
        }
        let items = argument.as_list()?;
        self.depth.set(self.depth.get() + 1);
        let mut truths = items.iter().map(|item| self.truth(item));
        let truth = match (name, items) {
            ("Fn::Equals", [first, second]) => {
                let (first, second) = (self.eval(first), self.eval(second));
                first
                    .zip(second)
                    .and_then(|(first, second)| same(&first, &second))
            }
            ("Fn::Not", [_]) => truths.next().flatten().map(|truth| !truth),
            ("Fn::And", _) => all(&mut truths, true),
            ("Fn::Or", _) => all(&mut truths, false),
            _ => None,
        };
        self.depth.set(self.depth.get() - 1);
        truth
    }
}

/// `And` over truths that may be unknown for `whole` true, `Or` for false.
fn all(truths: &mut dyn Iterator<Item = Option<bool>>, whole: bool) -> Option<bool> {
    let mut chosen = Some(whole);
    for truth in truths {
        match truth {
            Some(truth) if truth != whole => return Some(truth),
            Some(_) => {}
            None => chosen = None,
        }
    }
    chosen
}
