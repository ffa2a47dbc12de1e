//! The order of the elements of a set and of the keys of a map.
//!
//! Terraform documentation, "for Expressions", "Result Ordering": sets of texts and the keys of maps are in lexical order.

use policy_engine::{
    syntax::node::{Node, Value},
    text::Text,
};
use std::cmp::Ordering;

/// Items in the order of their texts, and whether that is certain; items whose order is not certain stay as they are.
pub(super) fn ordered<T: Clone>(items: &[T], text: fn(&T) -> &Node) -> (Vec<T>, bool) {
    let mut sorted = items.to_vec();
    sorted.sort_by(|left, right| order(text(left), text(right)).0);
    let is_certain = sorted.windows(2).all(|pair| match pair {
        [left, right] => order(text(left), text(right)).1,
        _ => true,
    });
    let kept = if is_certain { sorted } else { items.to_vec() };
    (kept, is_certain)
}

/// The order of two values, and whether what fills their holes cannot change it.
fn order(left: &Node, right: &Node) -> (Ordering, bool) {
    if let (Value::Number(left), Value::Number(right)) = (&left.value, &right.value)
        && let (Ok(left), Ok(right)) = (left.parse::<f64>(), right.parse::<f64>())
    {
        return (left.total_cmp(&right), true);
    }
    let (Some(left), Some(right)) = (left.scalar_text(), right.scalar_text()) else {
        return (Ordering::Equal, false);
    };
    let order = left.literal().cmp(right.literal());
    if left.is_known() && right.is_known() {
        return (order, true);
    }
    let before = first_hole(&left).min(first_hole(&right));
    let start = |text: &Text| text.literal().bytes().take(before).collect::<Vec<u8>>();
    let differs = start(&left)
        .iter()
        .zip(&start(&right))
        .any(|(left, right)| left != right);
    (order, differs)
}

/// Where the first hole of a text is.
pub(super) fn first_hole(text: &Text) -> usize {
    text.holes()
        .first()
        .map_or(usize::MAX, |(at, _)| *at as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{hole, text};
    use policy_engine::source::Origin;

    fn node(start: &str, is_open: bool) -> Node {
        let known = Text::from(start.to_owned());
        let end = hole("?", Origin::NOWHERE).scalar_text().unwrap();
        let whole = if is_open { known.then(&end) } else { known };
        text(whole, Origin::NOWHERE)
    }

    #[test]
    fn texts_are_in_lexical_order_where_holes_cannot_change_it() {
        let cases = [
            ([("b", false), ("a", false)], true),
            ([("b", true), ("a", true)], true),
            ([("a", true), ("ab", false)], false),
            ([("", true), ("a", false)], false),
        ];
        for (items, is_certain) in cases {
            let items: Vec<Node> = items
                .iter()
                .map(|(start, open)| node(start, *open))
                .collect();
            let (made, certain) = ordered(&items, |node| node);
            assert_eq!(certain, is_certain);
            let first = made.first().unwrap().scalar_text().unwrap();
            let expected = if is_certain {
                "a"
            } else {
                items[0].as_text().unwrap().literal()
            };
            assert_eq!(first.literal(), expected);
        }
    }
}
