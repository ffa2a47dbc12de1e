//! TAG117 `template-escape-survived`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags the rest of a template in the final policy: `$${aws:`, `&{aws:`, `${!aws:`, `\${aws:`, or `{{`.
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
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://developer.hashicorp.com/terraform/language/expressions/strings>
    "TAG117" "template-escape-survived", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const LEFT: [&str; 5] = ["$${", "&{aws:", "${!", "\\${", "{{"];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, text) in crate::document::texts(document) {
        let Some(left) = LEFT
            .iter()
            .find(|left| text.text.literal().contains(**left))
        else {
            continue;
        };
        let draft = document
            .dead(
                statement,
                RULE.severity,
                text.origin,
                "an escape of a template",
                format!("`{left}` contains an escape of a template"),
            )
            .because(text.text.literal())
            .help(right(text.text.literal()))
            .once(statement.origin);
        findings.add(draft);
    }
}

/// The text with policy variables instead of escapes: `$${…}` of Terraform, `&{…}` of old Terraform, `${!…}` of CloudFormation.
fn right(text: &str) -> String {
    let right = text.replace("$${", "${").replace("\\${", "${");
    let right = right.replace("&{aws:", "${aws:").replace("${!", "${");
    if right == text {
        "replace the template expression with its value".to_owned()
    } else {
        format!("write \"{right}\"")
    }
}
