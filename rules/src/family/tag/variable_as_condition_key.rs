//! TAG136 `variable-as-condition-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;

rule! {
    /// Flags a variable in the key of a condition.
    ///
    /// # Why it matters
    ///
    /// AWS resolves variables only in values, `Resource` and `NotResource`. No request has a key with the literal text
    /// `${…}`, so the condition never matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/allow-${aws:PrincipalTag/kubernetes-namespace}": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the variable in the value:
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    "TAG136" "variable-as-condition-key", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in
        each(document).filter(|(_, condition)| key(condition).contains("${"))
    {
        let draft = document
            .dead(
                statement,
                RULE.severity,
                condition.key.origin,
                "literal text here",
                "IAM does not replace variables in condition keys",
            )
            .because(key(condition))
            .help("write a fixed key, and the variable as its value");
        findings.add(draft);
    }
}
