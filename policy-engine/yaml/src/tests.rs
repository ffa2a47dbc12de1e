use super::*;

fn read(text: &str) -> Vec<Node> {
    parse(SourceId(0), text).unwrap()
}

fn document(text: &str) -> Node {
    read(text).remove(0)
}

/// The bytes of the file for a part of a scalar's text.
fn place<'a>(file: &'a str, node: &Node, part: &str) -> &'a str {
    let text = node.as_str().unwrap();
    let at = text.find(part).unwrap();
    let span = node.inner(Span::new(at, at + part.len())).span;
    file.get(span.start as usize..span.end as usize).unwrap()
}

#[test]
fn plain_scalars_keep_their_spelling() {
    let text = "a: 012345678901\nb: 111122223333\nc: 2012-10-17\nd: ~\ne: True\nf: yes\ng: '1'\nh:\ni: 1.50\nj: !!str 12\n";
    let node = document(text);
    assert_eq!(node.get("a").unwrap().as_str(), Some("012345678901"));
    assert!(
        matches!(&node.get("b").unwrap().value, Value::Number(number) if number == "111122223333")
    );
    assert_eq!(node.get("c").unwrap().as_str(), Some("2012-10-17"));
    assert!(node.get("d").unwrap().is_null() && node.get("h").unwrap().is_null());
    assert!(matches!(node.get("e").unwrap().value, Value::Bool(true)));
    assert_eq!(node.get("f").unwrap().as_str(), Some("yes"));
    assert_eq!(node.get("g").unwrap().as_str(), Some("1"));
    assert!(matches!(&node.get("i").unwrap().value, Value::Number(number) if number == "1.50"));
    assert_eq!(node.get("j").unwrap().as_str(), Some("12"));
}

#[test]
fn spans_count_bytes_behind_accents() {
    let text = "# é ü\nkëy: välue\nnext: \"é\\u00e9x\"\n";
    let node = document(text);
    let value = node.get("këy").unwrap();
    assert_eq!(place(text, value, "lue"), "lue");
    assert_eq!(place(text, node.get("next").unwrap(), "x"), "x");
}

#[test]
fn escapes_and_doubled_quotes_keep_their_places() {
    let text = "a: \"x\\ty\\\"z\\x41b\"\nb: 'it''s here'\n";
    let node = document(text);
    let a = node.get("a").unwrap();
    assert_eq!(a.as_str(), Some("x\ty\"zAb"));
    assert_eq!(
        (
            place(text, a, "y"),
            place(text, a, "z"),
            place(text, a, "b")
        ),
        ("y", "z", "b")
    );
    assert_eq!(place(text, node.get("b").unwrap(), "here"), "here");
}

#[test]
fn literal_blocks_are_exact_on_every_line() {
    for text in [
        "a:\n  b: |\n    - x: one\n      y: two\n\n    - z: three\n",
        "a:\r\n  b: |\r\n    - x: one\r\n      y: two\r\n\r\n    - z: three\r\n",
        "a:\n  b: |\n\n\n    - x: one\n      y: two\n  \n    - z: three\n",
        "a:\n  b: |2-\n      - x: one\n        y: two\n\n      - z: three\n",
    ] {
        let node = document(text);
        let value = node.at(&["a", "b"]).unwrap();
        for part in ["one", "two", "three", "z: th"] {
            assert_eq!(place(text, value, part), part, "{text:?}");
        }
        let Value::String(scalar) = &value.value else {
            panic!("a string")
        };
        let inner =
            parse_embedded(SourceId(0), scalar.text.known().unwrap(), &scalar.offsets).unwrap();
        let last = inner[0].as_list().unwrap()[1].get("z").unwrap();
        assert_eq!(place(text, last, "three"), "three", "{text:?}");
        assert_eq!(
            text.get(last.origin.span.start as usize..last.origin.span.end as usize)
                .unwrap(),
            "three"
        );
    }
}

#[test]
fn folded_text_points_into_the_scalar() {
    let text = "a: >\n  one two\n  three\nb: four\n  five\nc: \"six\n   seven\\\n   eight\"\n";
    let node = document(text);
    assert_eq!(place(text, node.get("a").unwrap(), "three"), "three");
    assert_eq!(place(text, node.get("b").unwrap(), "five"), "five");
    let c = node.get("c").unwrap();
    assert_eq!(c.as_str(), Some("six seveneight"));
    assert_eq!(place(text, c, "eight"), "eight");
}

#[test]
fn aliases_and_merge_keys_are_expanded() {
    let node =
        document("a: &x { k: 1, l: 2 }\nb: *x\nc: { <<: *x, l: 3 }\nd:\n  <<: [*x, { m: 4 }]\n");
    assert_eq!(
        node.at(&["b", "k"]).unwrap().scalar_text().unwrap().known(),
        Some("1")
    );
    assert_eq!(
        node.at(&["c", "l"]).unwrap().scalar_text().unwrap().known(),
        Some("3")
    );
    assert_eq!(
        node.at(&["c", "k"]).unwrap().scalar_text().unwrap().known(),
        Some("1")
    );
    assert_eq!(
        node.at(&["d", "m"]).unwrap().scalar_text().unwrap().known(),
        Some("4")
    );
}

#[test]
fn duplicates_and_documents_are_kept() {
    let documents = read("a: 1\na: 2\n---\n---\nb: 3\n...\n");
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0].as_map().unwrap().len(), 2);
}

#[test]
fn block_collections_end_with_their_last_child() {
    let text = "a:\n  - b: 1\n  - c: two\n\n# comment\nd: 3\n";
    let span = document(text).get("a").unwrap().origin.span;
    assert!(
        text.get(span.start as usize..span.end as usize)
            .unwrap()
            .ends_with("two")
    );
}

#[test]
fn bombs_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    assert!(
        parse(SourceId(0), &bomb)
            .unwrap_err()
            .message
            .contains("aliases produce more than")
    );

    assert!(
        parse(SourceId(0), &"[".repeat(10_000))
            .unwrap_err()
            .message
            .contains("nested deeper")
    );
    assert!(
        parse(SourceId(0), &"- ".repeat(10_000))
            .unwrap_err()
            .message
            .contains("nested deeper")
    );
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        chain.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert!(
        parse(SourceId(0), &chain)
            .unwrap_err()
            .message
            .contains("nested deeper")
    );
    assert!(parse(SourceId(0), "a: &a [*a]\n").is_err());
}

#[test]
fn no_prefix_of_a_file_panics() {
    let text = "a: &x \"é\\u00e9\\\n  b\"\nb: |\n   é\n  x\nc: >-\n  f\n\n  g\nd: 'it''s'\ne: [*x, {f: !!str 1}]\n---\n? k\n: v\n";
    for (at, _) in text.char_indices() {
        let _ = parse(SourceId(0), text.get(..at).unwrap());
        let _ = parse(SourceId(0), text.get(at..).unwrap());
    }
}

#[test]
fn places_do_not_begin_at_a_tag() {
    let text = "a: !Sub \"x${y}\"\nb: !!str  plain\nc: !Sub |\n\n  one\n    two\nd: !Sub >-\n  one\n  two\ne: !Sub 'it''s'\nf: !Other x\n";
    let node = document(text);
    let inner = |name: &str| node.get(name).unwrap().get("Fn::Sub").unwrap();
    assert_eq!(place(text, inner("a"), "${y}"), "${y}");
    assert_eq!(place(text, node.get("b").unwrap(), "lai"), "lai");
    assert_eq!(place(text, inner("c"), "one"), "one");
    assert_eq!(place(text, inner("c"), "two"), "two");
    assert_eq!(place(text, inner("d"), "two"), "two");
    assert_eq!(place(text, inner("e"), "'s"), "''s");
    assert_eq!(node.get("f").unwrap().as_str(), Some("x"));
}

fn plain(node: &Node) -> String {
    match &node.value {
        Value::List(items) => format!("{:?}", items.iter().map(plain).collect::<Vec<_>>()),
        Value::Map(members) => format!(
            "{:?}",
            members
                .iter()
                .map(|(key, value)| (plain(key), plain(value)))
                .collect::<Vec<_>>()
        ),
        _ => node.scalar_text().unwrap_or_default().to_string(),
    }
}

#[test]
fn short_forms_of_functions_are_their_long_forms() {
    let short = document("a: !Ref x\nb: !GetAtt [x, Arn]\nc: !If [c, !Ref y, { d: !Sub z }]\n");
    let long = document(
        "a: { Ref: x }\nb: { Fn::GetAtt: [x, Arn] }\nc: { Fn::If: [c, { Ref: y }, { d: { Fn::Sub: z } }] }\n",
    );
    assert_eq!(plain(&short), plain(&long));
}

#[test]
fn brackets_may_be_indented_less_than_their_key_as_kubernetes_accepts_them() {
    let text = "kind: X\nmetadata:\n  labels: {\n    app: db # one\n  }\n  other: [\n  y, z\n]\nlast: {\n}\n";
    let read = document(text);
    assert_eq!(
        plain(&read),
        plain(&document(
            "kind: X\nmetadata:\n  labels: { app: db }\n  other: [y, z]\nlast: {}\n"
        ))
    );
    let last = &read.entry("last").unwrap().0;
    let place = last.origin.span.start as usize..last.origin.span.end as usize;
    assert_eq!(text.get(place), Some("last"));
}

#[test]
fn an_empty_document_is_left_out_wherever_it_is() {
    let documents = parse(SourceId(0), "---\n# nothing\n---\nnull\n---\na: 1\n---\n").unwrap();
    assert_eq!(documents.len(), 1);
}

#[test]
fn a_line_separator_that_two_versions_read_differently_is_refused() {
    for (separator, code) in [
        ("\u{85}", "U+0085"),
        ("\u{2028}", "U+2028"),
        ("\u{2029}", "U+2029"),
    ] {
        for text in [
            format!("# note{separator}kind: Deployment\n"),
            format!("a: 1 # x{separator}b: 2\n"),
            format!("a: x{separator}y\n"),
        ] {
            let error = parse(SourceId(0), &text).unwrap_err();
            assert!(error.message.contains(code), "{}", error.message);
            let start = text.find(separator).unwrap();
            let span = error.origin.span;
            assert_eq!(
                span.start as usize..span.end as usize,
                start..start + separator.len()
            );
        }
    }
    for text in [
        "a: \"x\\u2028y\"\n",
        "a: \"x\u{2028}y\"\n",
        "a: 'x\u{2028}y'\n",
    ] {
        let documents = parse(SourceId(0), text).unwrap();
        assert_eq!(documents[0].get("a").unwrap().as_str(), Some("x\u{2028}y"));
    }
}
