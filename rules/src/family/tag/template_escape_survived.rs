//! TAG117 `template-escape-survived`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags what is left of a template in a final policy: `$${aws:`, `&{aws:`, `${!aws:`, `\${aws:`, or `{{`.
    ///
    /// # Why it matters
    ///
    /// The escape of Terraform, CloudFormation or Helm was not undone. AWS compares the text letter by letter.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
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
                "left of a template",
                format!("`{left}` is left of a template"),
            )
            .because(text.text.literal())
            .help("render the template with the escape of its own language")
            .once(statement.origin);
        findings.add(draft);
    }
}
