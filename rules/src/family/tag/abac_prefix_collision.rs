//! TAG111 `abac-prefix-collision`.

use crate::ask::probe::{Probe, filled};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;
use crate::finding::Grade;
use crate::text::variables::{principal_tag, variables};
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a wildcard next to a variable in a condition on a resource tag.
    ///
    /// # Why it matters
    ///
    /// The namespace `pay` also matches objects with the tag `payments`. A tenant that can create a namespace with a short
    /// name can read the objects of all namespaces that begin with it.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringLike": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Compare the whole value with `StringEquals`:
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
    /// Safe: removes the wildcard, which narrows the Allow.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG111" "abac-prefix-collision", High Leak High,
    needs: [Policies], aws: [], fix: Some(Grade::Safe), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        for condition in &statement.conditions {
            let like = condition.parsed.is_some_and(|operator| {
                operator.comparison == Comparison::StringLike && !operator.negated
            });
            if !like || !matches!(tag(condition), Some(Tag::Resource(_))) {
                continue;
            }
            for value in &condition.values {
                let text = value.text.literal();
                let Some(exact) = beside(text) else { continue };
                // Between two stars it is a list in a tag: TAG134.
                if text.starts_with('*') && text.ends_with('*') {
                    continue;
                }
                let probe = Probe::meeting(document, statement, action, |_| false);
                let Some(probe) = probe else { continue };
                let other = filled(text, &probe.carried)
                    .replace('*', "-other")
                    .replace('?', "x");
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
                        "matches longer names, too",
                        format!("`{text}` matches tags of other tenants"),
                    )
                    .because(text)
                    .help(format!("\"{exact}\""))
                    .replace(Grade::Safe, format!("\"{exact}\""))
                    .request(Some(proof));
                findings.add(draft);
            }
        }
    }
}

/// The text without the wildcards that touch a tag of the caller, when there are any.
fn beside(text: &str) -> Option<String> {
    let (_, start, end) = variables(text)
        .into_iter()
        .find(|(variable, ..)| principal_tag(variable).is_some())?;
    let (head, tail) = (text.get(..start)?, text.get(end..)?);
    let (plain_head, plain_tail) = (
        head.trim_end_matches(['*', '?']),
        tail.trim_start_matches(['*', '?']),
    );
    let touches = plain_head.len() < head.len() || plain_tail.len() < tail.len();
    touches.then(|| {
        format!(
            "{plain_head}{}{plain_tail}",
            text.get(start..end).unwrap_or("")
        )
    })
}
