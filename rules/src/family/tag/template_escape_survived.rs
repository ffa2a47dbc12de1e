//! TAG117 `template-escape-survived`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::{Findings, Grade};
use crate::text::place::in_place;

rule! {
    /// Flags the rest of a template in the final policy: `$${aws:`, `&{aws:`, `${!aws:`, `\${aws:`, or `{{`. Flags a value that
    /// contains `aws:PrincipalTag/` outside of `${…}` as well, for example `$(aws:PrincipalTag/team)`.
    ///
    /// # Why it matters
    ///
    /// Terraform, CloudFormation or Helm did not replace the escape sequence, often because the policy was escaped twice or
    /// moved to another tool. AWS compares the text literally, and the condition never matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "$${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "aws:PrincipalTag/kubernetes-namespace"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// The final policy contains `${aws:…}`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the variable of IAM, escaped as Terraform or CloudFormation requires it at the place.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://developer.hashicorp.com/terraform/language/expressions/strings>
    "TAG117" "template-escape-survived", High Break High,
    properties: [NamesMistake], needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check);
}

const LEFT: [&str; 5] = ["$${", "&{aws:", "${!", "\\${", "{{"];
/// The variable that conditions compare with tags, in lower case.
const VARIABLE: &str = "aws:principaltag/";
/// The delimiters of a variable in the syntax of another tool.
const AROUND: [(&str, &str); 7] = [
    ("%{", "}"),
    ("#{", "}"),
    ("@{", "}"),
    ("$(", ")"),
    ("{", "}"),
    ("$", ""),
    ("", ""),
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, text) in crate::document::texts(document) {
        let literal = text.text.literal();
        let left = LEFT.iter().find(|left| literal.contains(**left));
        let mut keys = statement
            .conditions
            .iter()
            .map(|condition| condition.key.origin);
        let is_key = keys.any(|key| key == text.origin);
        let (label, message, right) = match (left, other_syntax(literal).filter(|_| !is_key)) {
            (Some(left), _) => (
                "an escape of a template",
                format!("`{left}` contains an escape of a template"),
                unescaped(literal),
            ),
            (None, Some(right)) => (
                "no variable of IAM",
                format!("`{literal}` is literal text: a policy variable has the form `${{…}}`"),
                Some(right),
            ),
            (None, None) => continue,
        };
        let draft = document
            .dead(statement, RULE.severity, text.origin, label, message)
            .because(literal)
            .once(statement.origin);
        findings.add(match right {
            Some(right) => draft
                .help(format!(
                    "write \"{}\"",
                    in_place(context.sources, text.origin, &right)
                ))
                .replace(Grade::Repair, format!("\"{right}\"")),
            None => draft.help("replace the template expression with its value"),
        });
    }
}

/// The text with policy variables instead of escapes: `$${…}` of Terraform, `&{…}` of old Terraform, `${!…}` of CloudFormation.
fn unescaped(text: &str) -> Option<String> {
    let mut right = text.replace("\\${", "${");
    while right.contains("$${") {
        right = right.replace("$${", "${");
    }
    let right = right.replace("&{aws:", "${aws:").replace("${!", "${");
    (right != text).then_some(right)
}

/// The text with policy variables instead of names of tags in another syntax, or without any; `None` without such a name.
fn other_syntax(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = lower.find(VARIABLE)?;
    let (before, rest) = (text.get(..at)?, text.get(at..)?);
    if before.ends_with("${") {
        return None;
    }
    let is_end = |character: char| !(character.is_alphanumeric() || "_.:/+-@".contains(character));
    let (name, after) = rest.split_at_checked(rest.find(is_end).unwrap_or(rest.len()))?;
    let mut around = AROUND.iter();
    around.find_map(|(open, close)| {
        let (before, after) = (before.strip_suffix(open)?, after.strip_prefix(close)?);
        Some(format!("{before}${{{name}}}{after}"))
    })
}
