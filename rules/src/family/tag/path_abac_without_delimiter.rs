//! TAG113 `path-abac-without-delimiter`.

use crate::ask::probe::{Probe, filled};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::{Tag, reading, tag};
use crate::document::{Document, resources};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use crate::text::variables::{principal_tag, variables};

rule! {
    /// Flags a principal tag in the name of a resource, if a wildcard follows it without a `/`.
    ///
    /// # Why it matters
    ///
    /// `secret:${…}-*` opens the secrets of `team-b` to the namespace `team`, because the name of a namespace can contain `-`.
    /// It can never contain `/`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:*:111122223333:secret:${aws:PrincipalTag/kubernetes-namespace}-*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `/` after the variable:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:*:111122223333:secret:${aws:PrincipalTag/kubernetes-namespace}/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:*:111122223333:secret:$${aws:PrincipalTag/kubernetes-namespace}/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    "TAG113" "path-abac-without-delimiter", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        // A test of tags beside it keeps tenants apart.
        if statement
            .conditions
            .iter()
            .any(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
        {
            continue;
        }
        for value in resources(statement) {
            let text = value.text.literal();
            let Some((_, _, end)) = variables(text)
                .into_iter()
                .find(|(variable, ..)| principal_tag(variable).is_some())
            else {
                continue;
            };
            let rest = text.get(end..).unwrap_or("");
            let parted = rest.is_empty()
                || rest.starts_with('/')
                || rest == "-??????"
                || !has_wildcard(rest);
            let service = action.split(':').next().unwrap_or("");
            if parted || text.split(':').nth(2) != Some(service) {
                continue;
            }
            let Some(probe) = Probe::meeting(document, statement, action, |_| false) else {
                continue;
            };
            let head: Vec<_> = text.splitn(6, ':').collect();
            let place = |at: usize, star: &str| match head.get(at) {
                Some(&"*") | None => star.to_owned(),
                Some(part) => (*part).to_owned(),
            };
            let last = filled(head.get(5).copied().unwrap_or(""), &probe.carried)
                .replace('*', "b/db-AbCdEf")
                .replace('?', "x");
            let other = format!(
                "arn:{}:{service}:{}:{}:{last}",
                place(1, "aws"),
                place(3, "us-east-1"),
                place(4, "111122223333")
            );
            let Some(proof) = probe.on(other.clone()).allowed(context, document) else {
                continue;
            };
            let draft = document
                .in_statement(
                    statement,
                    value.origin,
                    "matches longer names, too",
                    "this pattern also matches objects of tenants whose name has the same beginning",
                )
                .because(text)
                .help("add `/` after the variable, and name the objects accordingly")
                .request(Some(proof));
            findings.add(draft);
        }
    }
}
