//! The promises of a world file in another state of it.

use policy_engine::{source::SourceId, syntax::node::Node};

/// Why promises cannot be taken over.
const HELP: &str =
    "write the world file as a block of YAML with `expect:` at the beginning of a line";

/// A world file with the promises of another state of it; `None` if both state the same promises.
///
/// All other text keeps its place: the own promises become spaces, and the others follow at the end.
pub fn with_promises_of(text: &str, other: &str) -> Result<Option<String>, &'static str> {
    let own = section(text)?;
    let wanted = section(other)?;
    let slice = |text: &str, range: &Option<std::ops::Range<usize>>| {
        let range = range.clone().unwrap_or(0..0);
        text.get(range).unwrap_or("").trim_end().to_owned()
    };
    let (stated, promised) = (slice(text, &own), slice(other, &wanted));
    if stated == promised {
        return Ok(None);
    }
    let mut made = text.to_owned();
    if let Some(range) = own {
        let blank: String = text
            .get(range.clone())
            .unwrap_or("")
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
            .collect();
        made.replace_range(range, &blank);
    }
    if !promised.is_empty() {
        if !made.ends_with('\n') {
            made.push('\n');
        }
        made.push_str(&promised);
        made.push('\n');
    }
    Ok(Some(made))
}

/// Where `expect` stands, its key included.
fn section(text: &str) -> Result<Option<std::ops::Range<usize>>, &'static str> {
    let documents = yaml::parse(SourceId(0), text).map_err(|_| HELP)?;
    let Some((key, value)) = documents
        .first()
        .and_then(|root: &Node| root.entry("expect"))
    else {
        return Ok(None);
    };
    let (start, end) = (
        key.origin.span.start as usize,
        value.origin.span.end as usize,
    );
    let begins_line = text
        .get(..start)
        .is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    if begins_line && end >= start {
        Ok(Some(start..end))
    } else {
        Err(HELP)
    }
}

#[cfg(test)]
mod tests {
    use super::with_promises_of;

    const BASE: &str =
        "ascp-policy: 1\nexpect:\n  - pod: a\n    cannot: [{ read: b }]\naccounts: {}\n";

    #[test]
    fn the_promises_of_the_base_replace_the_own_ones_and_nothing_moves() {
        let change = "ascp-policy: 1\nexpect: []\naccounts: { x: {} }";
        let made = with_promises_of(change, BASE).unwrap().unwrap();
        assert_eq!(
            made,
            "ascp-policy: 1\n          \naccounts: { x: {} }\nexpect:\n  - pod: a\n    cannot: [{ read: b }]\n"
        );
        assert_eq!(with_promises_of(BASE, BASE), Ok(None));
        let without = "ascp-policy: 1\naccounts: {}\n";
        assert!(
            with_promises_of(without, BASE)
                .unwrap()
                .unwrap()
                .starts_with(without)
        );
        assert!(
            !with_promises_of(BASE, without)
                .unwrap()
                .unwrap()
                .contains("cannot")
        );
        assert!(with_promises_of("{ ascp-policy: 1, expect: [] }", BASE).is_err());
    }
}
