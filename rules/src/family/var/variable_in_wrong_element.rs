//! VAR106 `variable-in-wrong-element`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, entries};
use crate::finding::Findings;

rule! {
    /// Flags a policy variable outside of `Resource` and the values of `Condition`.
    ///
    /// # Why it matters
    ///
    /// AWS does not resolve variables in other elements. The text never matches, and the statement has no effect.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:${aws:PrincipalTag/verb}", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use variables in `Resource` or in a condition:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/${aws:PrincipalTag/key}"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["arn:aws:kms:us-east-1:111122223333:key/$${aws:PrincipalTag/key}"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "VAR106" "variable-in-wrong-element", High Break High,
    needs: [Policies], aws: ["VARIABLE_UNSUPPORTED_IN_ELEMENT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        let acts = statement.action.iter().flat_map(|list| &list.values);
        let who = entries(statement).map(|entry| &entry.value);
        for value in acts
            .chain(who)
            .filter(|value| value.text.literal().contains("${"))
        {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    value.origin,
                    "literal text here",
                    "IAM replaces variables only in `Resource` and in values of `Condition`",
                )
                .because(value.text.literal())
                .help("write the value instead of the variable");
            findings.add(draft);
        }
    }
}
