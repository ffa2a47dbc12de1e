//! Parts of a template that make resources which nothing shows: nested stacks without a template, modules, macros.

use super::{evaluate::Evaluator, nested::is_stack, template::members};
use crate::{
    loaded::Unread,
    loading::Loading,
    pending::{Stray, StrayFact, Target, Template},
    unnamed::fact,
    value::json_text,
};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::Hole,
};

/// Names what makes resources that nothing shows, and leaves the facts open that these can change.
pub(super) fn take(loading: &mut Loading, evaluator: &Evaluator<'_>, template: &Template) {
    if let Some(origin) = macro_of(&template.root) {
        let how = "it may change each resource: check the processed template".to_owned();
        let part = Part {
            id: "the macro",
            origin,
            passed: String::new(),
        };
        open(loading, template, part, "CloudFormation macro", how);
    }
    for (id, node) in members(&template.root, "Resources") {
        let Some((what, how)) = opaque(template, id, node) else {
            continue;
        };
        let properties = evaluator.eval(node.get("Properties").unwrap_or(node));
        let passed = properties.map(fact).as_ref().and_then(json_text);
        let part = Part {
            id,
            origin: node.origin,
            passed: passed.map(|text| text.to_string()).unwrap_or_default(),
        };
        open(loading, template, part, what, how.to_owned());
    }
}

/// A part of a template, and what it gets.
struct Part<'n> {
    id: &'n str,
    origin: Origin,
    passed: String,
}

fn opaque(template: &Template, id: &str, node: &Node) -> Option<(&'static str, &'static str)> {
    let kind = node.get("Type").and_then(Node::as_str).unwrap_or("");
    if is_stack(node) && !template.nested.iter().any(|nested| nested == id) {
        return Some(("nested stack", "its template is not among the files"));
    }
    if id.starts_with("Fn::") {
        return Some((
            "function that makes resources",
            "check the processed template",
        ));
    }
    match kind {
        "AWS::Serverless::Application" => {
            Some(("nested application", "check its template with this one"))
        }
        "AWS::CloudFormation::StackSet" => Some((
            "stack set",
            "check its template with the accounts that it is for",
        )),
        _ if kind.ends_with("::MODULE") => {
            Some(("CloudFormation module", "check the processed template"))
        }
        _ => None,
    }
}

fn open(
    loading: &mut Loading,
    template: &Template,
    part: Part<'_>,
    what: &'static str,
    how: String,
) {
    let name = format!("{} in {}", part.id, template.name);
    loading.unread_file(&name, Unread { what, how });
    let account = template.home.account.clone();
    loading.leave_open(account.as_deref(), part.origin);
    loading.strays.push(Stray {
        account,
        target: Target::Any,
        of: StrayFact::Passed {
            to: part.passed,
            hole: Hole::any(format!("what {name} makes")),
        },
    });
}

/// The place of the first macro of a template that is no macro of AWS, or that inserts a file. Its name is not shown.
///
/// AWS CloudFormation Template Reference, "Transform".
pub(super) fn macro_of(root: &Node) -> Option<Origin> {
    inner_macro(root).or_else(|| {
        let written = root.get("Transform")?;
        let all = match &written.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(written),
        };
        let names = all
            .iter()
            .map(|item| (item.get("Name").unwrap_or(item), item.origin));
        let mut names = names.filter_map(|(name, origin)| Some((name.as_str()?, origin)));
        let own = names.find(|(name, _)| !name.starts_with("AWS::") || *name == "AWS::Include");
        own.map(|(_, origin)| origin)
    })
}

/// The place of a macro beside sections, or beside the type of a resource.
fn inner_macro(root: &Node) -> Option<Origin> {
    let of = |node: &Node| Some(node.entry("Fn::Transform")?.0.origin);
    let resources = root.get("Resources")?;
    let inside = || members(root, "Resources").find_map(|(_, node)| of(node));
    of(root).or_else(|| of(resources)).or_else(inside)
}
