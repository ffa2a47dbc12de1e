//! TAG116 `abac-variable-default`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::reading;
use crate::finding::Findings;
use crate::text::variables::{principal_tag, variables};

rule! {
    /// Flags a default value for a principal tag in a condition that separates tenants.
    ///
    /// # Why it matters
    ///
    /// AWS uses the default for every caller without the tag, such as an IRSA session, a person, or an association without
    /// session tags. Each of them can read the objects of the default tenant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace, 'shared'}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the variable without a default:
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
    "TAG116" "abac-variable-default", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        for condition in &statement.conditions {
            for value in &condition.values {
                let default = variables(value.text.literal())
                    .into_iter()
                    .find(|(variable, ..)| {
                        variable.default.is_some() && principal_tag(variable).is_some()
                    });
                let Some((variable, ..)) = default else {
                    continue;
                };
                let default = variable.default.as_deref().unwrap_or("");
                let probe = Probe::meeting(document, statement, action, |_| false);
                let probe = probe.map(|probe| {
                    probe
                        .without(variable.key.name())
                        .with(key(condition), default)
                });
                let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
                    continue;
                };
                let draft = document
                    .in_statement(
                        statement,
                        value.origin,
                        "a default",
                        format!("a caller without the tag can read objects with the tag value `{default}`"),
                    )
                    .because(default)
                    .help(format!("${{{}}}", variable.key.name()))
                    .request(Some(proof));
                findings.add(draft);
            }
        }
    }
}
