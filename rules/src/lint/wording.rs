//! The change of a finding in the syntax of its place: the attribute that the source writes, blocks of Terraform, and references to resources
//! whose ARN is not known.

mod block;
mod hcl;
mod references;

use crate::finding::{Finding, Fix};
use block::Block;
use policy_engine::{
    inventory::Inventory,
    source::{Origin, Source, SourceMap},
    text::Text,
};
use references::References;
use serde_json::Value;
use std::collections::HashMap;

/// Writes the helps of findings in the syntax of the places to change. A source whose text may not be shown keeps the words.
pub(super) fn localize<'f>(
    findings: impl Iterator<Item = &'f mut Finding>,
    sources: &SourceMap,
    inventory: &Inventory,
) {
    let references = References::new(inventory, sources);
    // Findings of many mounts have one place and one change.
    let mut known: HashMap<(Origin, Option<Fix>, String), String> = HashMap::new();
    for finding in findings {
        keep_lists(finding, sources);
        let Some(help) = finding.help.take() else {
            continue;
        };
        let change = (finding.primary.origin, finding.fix.clone(), help);
        let own = known.entry(change).or_insert_with_key(|(_, _, help)| {
            // Only the lines of a block end lines of a help.
            let help = help.replace('\n', "\u{240a}");
            let own = localized(finding, sources, &references, &help).unwrap_or(help);
            references.write(place(finding), &own)
        });
        finding.help = Some(own.clone());
        // A value with an unknown part is written by a person.
        finding.fix = finding.fix.take().filter(is_known);
    }
}

/// Writes a list where Terraform has a list: the arguments of blocks accept no scalar in its place.
fn keep_lists(finding: &mut Finding, sources: &SourceMap) {
    let edits = finding.fix.iter_mut().flat_map(|fix| &mut fix.edits);
    for (place, text) in edits {
        let source = sources.get(place.source);
        let source = source.filter(|source| is_terraform(source));
        let written = source.and_then(|source| source.text.get(place.span.start as usize..));
        let is_list = written.is_some_and(|written| written.starts_with('['));
        if is_list && text.starts_with('"') {
            *text = format!("[{text}]");
        }
    }
}

fn is_terraform(source: &Source) -> bool {
    let mut ends = [".tf", ".tofu"].iter();
    ends.any(|end| source.name.ends_with(end))
}

fn is_known(fix: &Fix) -> bool {
    let mut texts = fix.edits.iter().map(|(_, text)| Text::shown(text));
    texts.all(|text| text.is_known())
}

/// The only edit of a finding.
fn edit(finding: &Finding) -> Option<&(Origin, String)> {
    match finding.fix.as_ref()?.edits.as_slice() {
        [edit] => Some(edit),
        _ => None,
    }
}

/// The place to change.
fn place(finding: &Finding) -> Origin {
    edit(finding).map_or(finding.primary.origin, |(place, _)| *place)
}

fn localized(
    finding: &Finding,
    sources: &SourceMap,
    references: &References<'_>,
    help: &str,
) -> Option<String> {
    let (edit, place) = (edit(finding), place(finding));
    let source = sources
        .get(place.source)
        .filter(|_| sources.is_shown(place.source))?;
    let assigned = Assigned::at(source, place);
    if !is_terraform(source) {
        let own = in_place(source, assigned, edit, help);
        let renamed = || in_template(references.is_template(place.source), help);
        return own.or_else(renamed);
    }
    if let Some(own) = per_instance(source, place, edit, help) {
        return Some(own);
    }
    let holds_value = !is_computed(source, place);
    if let (Some(own), Some((_, text))) = (assigned.as_ref().filter(|_| holds_value), edit) {
        let condition = help.find(" if the object").and_then(|at| help.get(at..));
        return Some(own.write(&hcl::escaped(text)) + condition.unwrap_or(""));
    }
    if let Some((name, value)) = assignment(help) {
        let own = assigned.filter(|own| own.is(name));
        return Some(match own {
            Some(own) => own.write(&hcl::escaped(value)),
            None => argument(name, value, is_in_document(source, place)),
        });
    }
    if let Some(tags) = help
        .strip_prefix("add the tag ")
        .or_else(|| help.strip_prefix("add the tags "))
    {
        return tag_arguments(tags);
    }
    if is_in_document(source, place) {
        return hcl::block(help)
            .or_else(|| hcl::in_words(help))
            .or_else(|| renamed(help));
    }
    hcl::object(help).or_else(|| renamed(help))
}

/// A help that is an assignment, with the name that a source of YAML has at the place.
fn in_place(
    source: &Source,
    assigned: Option<Assigned<'_>>,
    edit: Option<&(Origin, String)>,
    help: &str,
) -> Option<String> {
    let is_json = [".json"].iter().any(|end| source.name.ends_with(end));
    let (name, value) = assignment(help).filter(|_| !is_json)?;
    let own = assigned?;
    let text = edit.map_or(value, |(_, text)| text.as_str());
    (edit.is_some() || own.is(name)).then(|| own.write(text))
}

/// A help with the names of properties in CloudFormation; `None` if it names none.
fn in_template(is_template: bool, help: &str) -> Option<String> {
    const PROPERTIES: [(&str, &str); 5] = [
        ("\"disableSessionTags\"", "\"DisableSessionTags\""),
        ("\"serviceAccount\"", "\"ServiceAccount\""),
        ("\"namespace\"", "\"Namespace\""),
        ("targetRoleArn", "TargetRoleArn"),
        ("roleArn", "RoleArn"),
    ];
    let is_named = PROPERTIES.iter().any(|(name, _)| help.contains(name));
    (is_named && is_template).then(|| {
        let all = PROPERTIES.iter();
        all.fold(help.to_owned(), |text, (name, own)| text.replace(name, own))
    })
}

/// A change of an expression that differs between the instances of a block: the value of the finding is that of one instance.
fn per_instance(
    source: &Source,
    place: Origin,
    edit: Option<&(Origin, String)>,
    help: &str,
) -> Option<String> {
    let block = Block::around(source, place)?;
    let instances = block.instances?;
    let written = source.text.get(place.span.start as usize..)?;
    let written = written.lines().next()?;
    let is_own = ["each.key", "each.value", "count.index"]
        .iter()
        .any(|own| written.contains(own));
    let value = edit.map(|(_, text)| text.as_str());
    let value = value.or_else(|| assignment(help).map(|(_, value)| value))?;
    is_own.then(|| {
        format!(
            "change the expression of `{}.{}` that uses `{}`: for this instance it must be {}",
            block.kind,
            block.name,
            instances.key(),
            hcl::escaped(value)
        )
    })
}

/// Whether the value at a place is computed from others, of which an edit changes a part: the document of a data source, of a file, of an object.
fn is_computed(source: &Source, place: Origin) -> bool {
    // The place of a part of a document is the beginning of the expression.
    let rest = source.text.get(place.span.start as usize..);
    let line = rest.and_then(|rest| rest.lines().next());
    let text = line.unwrap_or_default().trim_end();
    let is_document = text.rsplit('.').next() == Some("json") && !text.contains('"');
    is_document || !text.starts_with(['"', '[', '<']) && text.contains('(')
}

/// Attributes that helps name in the spelling of AWS, with the spelling of Terraform.
const ATTRIBUTES: [(&str, &str); 6] = [
    (
        "\"disableSessionTags\": true",
        "disable_session_tags = true",
    ),
    (
        "\"disableSessionTags\": false",
        "disable_session_tags = false",
    ),
    ("KmsKeyId", "kms_key_id"),
    ("targetRoleArn", "target_role_arn"),
    ("roleArn", "role_arn"),
    ("Principal.AWS", "the AWS principals"),
];

/// A help with the names of attributes in Terraform; `None` if it names none.
fn renamed(help: &str) -> Option<String> {
    let mut names = ATTRIBUTES.iter();
    let is_named = names.any(|(name, _)| help.contains(name));
    is_named.then(|| {
        let all = ATTRIBUTES.iter();
        all.fold(help.to_owned(), |text, (name, own)| text.replace(name, own))
    })
}

/// The attribute that a source assigns at a place.
struct Assigned<'s> {
    key: &'s str,
    sign: char,
    /// Whether the place is the only element of a list.
    is_element: bool,
}

impl<'s> Assigned<'s> {
    /// `None` if the place is not the whole value of an attribute.
    fn at(source: &'s Source, place: Origin) -> Option<Self> {
        let text: &str = &source.text;
        let (start, end) = (place.span.start as usize, place.span.end as usize);
        let line = text.get(..start)?.rsplit('\n').next()?.trim_end();
        let after = text.get(end..)?.trim_start();
        let (line, is_element) = match line.strip_suffix('[') {
            Some(line) => (line.trim_end(), true),
            None => (line, false),
        };
        let sign = line
            .chars()
            .next_back()
            .filter(|sign| "=:".contains(*sign))?;
        if is_element && !after.starts_with(']') {
            return None;
        }
        let key = line.strip_suffix(sign)?;
        let key = key.rsplit(['{', ',']).next()?.trim();
        let key = key.strip_prefix("- ").unwrap_or(key).trim_start();
        let is_key = !key.is_empty() && !key.contains(['(', ')', '[', ']', '$']);
        is_key.then_some(Self {
            key,
            sign,
            is_element,
        })
    }

    fn write(&self, text: &str) -> String {
        let text = if self.is_element && !text.starts_with('[') {
            format!("[{text}]")
        } else {
            text.to_owned()
        };
        match self.sign {
            '=' => format!("{} = {text}", self.key),
            _ => format!("{}: {text}", self.key),
        }
    }

    /// Whether it is a name in another spelling: `disable_session_tags` is `disableSessionTags`.
    fn is(&self, name: &str) -> bool {
        let plain = |text: &str| {
            let text = text.trim_matches('"').replace(['_', '-'], "");
            text.to_ascii_lowercase()
        };
        let (own, name) = (plain(self.key), plain(name));
        own == name || own == format!("{name}s") || own == format!("{name}name")
    }
}

/// The name and the value of a help that is an assignment in JSON: `"Action": [...]`, `set "Value": "dev"`.
fn assignment(help: &str) -> Option<(&str, &str)> {
    let help = help
        .strip_prefix("set ")
        .or_else(|| help.strip_prefix("write "))
        .unwrap_or(help);
    let (name, value) = help.strip_prefix('"')?.split_once("\": ")?;
    let is_name = name.chars().all(|own| own.is_ascii_alphanumeric());
    let is_whole = serde_json::from_str::<Value>(value).is_ok();
    (is_name && is_whole).then_some((name, value))
}

/// An element of a statement, or an attribute of AWS, as Terraform writes it.
fn argument(name: &str, value: &str, is_block: bool) -> String {
    let is_element = name.starts_with(|first: char| first.is_ascii_uppercase());
    match (is_element, is_block) {
        (true, true) => {
            let name = name.to_ascii_lowercase();
            let value = value.trim_start_matches('[').trim_end_matches(']');
            format!("{name}s = [{}]", hcl::escaped(value))
        }
        (true, false) => format!("{name} = {}", hcl::escaped(value)),
        (false, _) => format!("{} = {}", snake_case(name), hcl::escaped(value)),
    }
}

/// `targetRoleArn` as Terraform writes it.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

/// `kubernetes-namespace = dev, team = pay` as members of a map.
fn tag_arguments(tags: &str) -> Option<String> {
    let tags = tags.split(", ").map(|tag| {
        let (key, value) = tag.split_once(" = ")?;
        let is_plain = key
            .chars()
            .all(|own| own.is_ascii_alphanumeric() || "-_".contains(own));
        let value = hcl::escaped(value);
        Some(if is_plain {
            format!("{key} = \"{value}\"")
        } else {
            format!("\"{key}\" = \"{value}\"")
        })
    });
    Some(tags.collect::<Option<Vec<_>>>()?.join(", "))
}

/// Whether a place is in a data source that makes a policy document, not in a text or an object.
fn is_in_document(source: &Source, place: Origin) -> bool {
    let before = source.text.get(..place.span.start as usize);
    let last = |text: &str| before.and_then(|before| before.rfind(text));
    let block = last("data \"aws_iam_policy_document\"");
    let others = ["jsonencode(", "<<", "\nresource ", "\nmodule ", "\nlocals "];
    let other = others.into_iter().filter_map(last).max();
    block > other
}

#[cfg(test)]
mod tests {
    use super::is_computed;
    use policy_engine::source::{Origin, Shown, SourceMap, Span};

    #[test]
    fn the_document_of_a_data_source_is_no_value_of_its_attribute() {
        for (value, is_document) in [
            ("data.aws_iam_policy_document.read.json", true),
            ("file(\"policy.json\")", true),
            ("jsonencode({", true),
            ("\"kubernetes-namespace\"", false),
            ("[\"a(b)\"]", false),
            ("aws_iam_role.reader.arn", false),
            ("true", false),
        ] {
            let mut sources = SourceMap::default();
            let text = format!("policy = {value}\n");
            let source = sources.add("main.tf", Shown::whole(&text));
            // The first letter alone, as the place of a part of the document.
            let span = Span::new(9, 10);
            let place = Origin { source, span };
            let source = sources.get(source).unwrap();
            assert_eq!(is_computed(source, place), is_document, "{value}");
        }
    }
}
