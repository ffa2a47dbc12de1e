//! Statements and conditions of a help as Terraform writes them.

use serde_json::Value;

/// Policy variables as a text of Terraform writes them (Terraform documentation, "Strings and Templates", "Escape Sequences").
pub(super) fn escaped(text: &str) -> String {
    text.replace("$${", "${").replace("${", "$${")
}

/// A help with a statement in JSON, which HCL reads as an object.
pub(super) fn object(help: &str) -> Option<String> {
    let (before, _, text, after) = statement(help)?;
    Some(format!("{before}{}{after}", escaped(text)))
}

/// A help that adds a statement or a condition, as the block of `aws_iam_policy_document`. A block with several arguments has one on each line
/// (Terraform documentation, "Native Syntax", "Blocks").
pub(super) fn block(help: &str) -> Option<String> {
    if let Some(value) = condition(help) {
        let blocks = conditions(&value)?;
        let what = if blocks.len() == 1 {
            "this block"
        } else {
            "these blocks"
        };
        let lines: Vec<_> = blocks.into_iter().flatten().collect();
        return Some(format!("add {what}:\n{}", lines.join("\n")));
    }
    let (before, value, _, after) = statement(help)?;
    let before = before.trim_end_matches("the statement ").trim_end();
    let lines = statement_block(&value)?.join("\n");
    let after = match after.trim_start_matches([',', ' ']) {
        "" => String::new(),
        rest => format!("\n{rest}"),
    };
    Some(format!("{before} this block:\n{lines}{after}"))
}

/// The elements of a statement that a help names, as the arguments of the block.
const ELEMENTS: [(&str, &str); 5] = [
    (" to Resource of ", " to resources of "),
    (" to Action of ", " to actions of "),
    (" to Principal.AWS of ", " to the identifiers of "),
    (
        "write \"Resource\": \"*\" in ",
        "write resources = [\"*\"] in ",
    ),
    (
        "write \"Effect\": \"Allow\" in ",
        "write effect = \"Allow\" in ",
    ),
];

/// A help that names elements of a statement, with the arguments of the block; `None` if it names none.
pub(super) fn in_words(help: &str) -> Option<String> {
    if let Some(own) = tested(help) {
        return Some(own);
    }
    let named = ELEMENTS.iter().find(|(element, _)| help.contains(element));
    named.map(|(element, argument)| escaped(&help.replace(element, argument)))
}

/// `write "KEY": "VALUE" under OPERATOR of STATEMENT` as arguments of the block.
fn tested(help: &str) -> Option<String> {
    let (test, place) = help.strip_prefix("write ")?.split_once(" under ")?;
    let (test, old) = match test.split_once(" instead of ") {
        Some((test, old)) => (test, Some(old)),
        None => (test, None),
    };
    let value: Value = serde_json::from_str(&format!("{{{test}}}")).ok()?;
    let (key, values) = value.as_object()?.iter().next()?;
    let values = list(values);
    Some(match old {
        Some(old) => format!(
            "write variable = \"{key}\" and values = {values} instead of {old} in the condition block {place}"
        ),
        None => format!("write values = {values} for {key} in the condition block {place}"),
    })
}

/// The parts of a help around and before a statement in JSON: the text before, the statement, its text, and the text behind.
fn statement(help: &str) -> Option<(&str, Value, &str, &str)> {
    let (before, json) = help.split_at_checked(help.find("{\"Effect\"")?)?;
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
    let value = values.next()?.ok()?;
    let (text, after) = json.split_at_checked(values.byte_offset())?;
    Some((before, value, text, after))
}

/// The condition that a help adds.
fn condition(help: &str) -> Option<Value> {
    let rest = help.strip_prefix("add to Condition")?;
    let json = match rest.strip_prefix(": ") {
        Some(tests) => format!("{{{tests}}}"),
        None => {
            let (test, keys) = rest.strip_prefix('.')?.split_once(": ")?;
            format!("{{\"{test}\": {{{keys}}}}}")
        }
    };
    let value: Value = serde_json::from_str(&json).ok()?;
    value
        .as_object()
        .is_some_and(|own| !own.is_empty())
        .then_some(value)
}

/// A `Condition` as blocks, one per test and key, each as lines.
fn conditions(value: &Value) -> Option<Vec<Vec<String>>> {
    let mut blocks = Vec::new();
    for (test, keys) in value.as_object()? {
        for (key, values) in keys.as_object()? {
            let arguments = [
                ("test", format!("\"{test}\"")),
                ("variable", format!("\"{}\"", escaped(key))),
                ("values", list(values)),
            ];
            blocks.push(nested("condition", &arguments, Vec::new()));
        }
    }
    Some(blocks)
}

fn statement_block(statement: &Value) -> Option<Vec<String>> {
    let (mut arguments, mut blocks) = (Vec::new(), Vec::new());
    for (name, value) in statement.as_object()? {
        match name.as_str() {
            "Effect" if value == "Allow" => {}
            "Effect" => arguments.push(("effect", value.to_string())),
            "Action" => arguments.push(("actions", list(value))),
            "Resource" => arguments.push(("resources", list(value))),
            "Principal" => {
                for (kind, names) in value.as_object()? {
                    let principal = [
                        ("type", format!("\"{kind}\"")),
                        ("identifiers", list(names)),
                    ];
                    blocks.push(nested("principals", &principal, Vec::new()));
                }
            }
            "Condition" => blocks.extend(conditions(value)?),
            _ => return None,
        }
    }
    Some(nested("statement", &arguments, blocks))
}

/// A block as lines, as `terraform fmt` writes it.
fn nested(
    name: &str,
    arguments: &[(&str, String)],
    blocks: impl IntoIterator<Item = Vec<String>>,
) -> Vec<String> {
    let width = arguments.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let mut lines = vec![format!("{name} {{")];
    let arguments = arguments.iter();
    lines.extend(arguments.map(|(name, value)| format!("  {name:width$} = {value}")));
    let inner = blocks.into_iter().flatten();
    lines.extend(inner.map(|line| format!("  {line}")));
    lines.push("}".to_owned());
    lines
}

fn list(value: &Value) -> String {
    let elements = match value {
        Value::Array(elements) => elements.as_slice(),
        other => std::slice::from_ref(other),
    };
    let elements: Vec<_> = elements.iter().map(ToString::to_string).collect();
    escaped(&format!("[{}]", elements.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{block, in_words};

    #[test]
    fn a_statement_is_a_block_with_one_argument_on_each_line() {
        let help = r#"add the statement {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:Decrypt", "Resource": "*"}"#;
        let own = r#"add this block:
statement {
  actions   = ["kms:Decrypt"]
  resources = ["*"]
  principals {
    type        = "AWS"
    identifiers = ["arn:aws:iam::111122223333:role/app"]
  }
}"#;
        assert_eq!(block(help).as_deref(), Some(own));
    }

    #[test]
    fn a_condition_is_a_block_for_each_key() {
        let help = r#"add to Condition: "StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}", "aws:SourceAccount": "111122223333"}"#;
        let own = r#"add these blocks:
condition {
  test     = "StringEquals"
  variable = "aws:ResourceTag/team"
  values   = ["$${aws:PrincipalTag/team}"]
}
condition {
  test     = "StringEquals"
  variable = "aws:SourceAccount"
  values   = ["111122223333"]
}"#;
        assert_eq!(block(help).as_deref(), Some(own));
    }

    #[test]
    fn elements_are_named_as_the_arguments_of_the_block() {
        for (help, own) in [
            (
                r#"add "kms:Decrypt" to Action of statement 1 of read"#,
                r#"add "kms:Decrypt" to actions of statement 1 of read"#,
            ),
            (
                r#"write "aws:SourceAccount": "111122223333" under StringEquals of statement 1 of trust"#,
                r#"write values = ["111122223333"] for aws:SourceAccount in the condition block StringEquals of statement 1 of trust"#,
            ),
        ] {
            assert_eq!(in_words(help).as_deref(), Some(own));
        }
    }
}
