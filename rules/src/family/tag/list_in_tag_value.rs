//! TAG134 `list-in-tag-value`.

use crate::ask::probe::{Probe, filled};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;
use crate::text::variables::{principal_tag, variables};
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a condition that searches for a principal tag anywhere in the value of a resource tag.
    ///
    /// # Why it matters
    ///
    /// A tag has one value, and conditions do not split it into a list. `*pay*` also matches `payments:orders`, so the
    /// namespace `pay` can read objects of `payments`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringLike": {"aws:ResourceTag/allowed": "*${aws:PrincipalTag/kubernetes-namespace}*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Compare one value per tag:
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
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG134" "list-in-tag-value", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        for condition in statement
            .conditions
            .iter()
            .filter(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
        {
            let like = condition.parsed.is_some_and(|operator| {
                operator.comparison == Comparison::StringLike && !operator.negated
            });
            for value in condition.values.iter().filter(|_| like) {
                let text = value.text.literal();
                let searched = text.starts_with('*')
                    && text.ends_with('*')
                    && variables(text)
                        .iter()
                        .any(|(variable, ..)| principal_tag(variable).is_some());
                if !searched {
                    continue;
                }
                let Some(probe) = Probe::meeting(document, statement, action, |_| false) else {
                    continue;
                };
                let other = filled(text, &probe.carried).replace('*', "x");
                let Some(proof) = probe
                    .with(key(condition), &other)
                    .allowed(context, document)
                else {
                    continue;
                };
                let draft = document
                    .in_statement(
                        statement,
                        value.origin,
                        "matches parts of names",
                        format!("`{text}` also matches values with longer names that contain the caller's name"),
                    )
                    .because(text)
                    .help("create one object per tenant, or list the readers in the resource policy of the object")
                    .request(Some(proof));
                findings.add(draft);
            }
        }
    }
}
