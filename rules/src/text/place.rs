//! Policy variables in the syntax of the file in which they are written.

use policy_engine::source::{Origin, SourceMap};

/// A text with policy variables, escaped as Terraform and `Fn::Sub` of CloudFormation require it at a place.
///
/// Terraform documentation, "Strings and Templates", section "Escape Sequences"; AWS CloudFormation User Guide, "Fn::Sub".
pub(crate) fn in_place(sources: &SourceMap, origin: Origin, text: &str) -> String {
    let Some(source) = sources.get(origin.source) else {
        return text.to_owned();
    };
    let is_terraform = [".tf", ".tofu", ".tftpl"]
        .iter()
        .any(|end| source.name.ends_with(end));
    if is_terraform {
        return text.replace("${", "$${");
    }
    let start = usize::try_from(origin.span.start).unwrap_or(0);
    let before = source.text.get(..start).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    if line.contains("!Sub") || line.contains("Fn::Sub") {
        return text.replace("${", "${!");
    }
    text.to_owned()
}
