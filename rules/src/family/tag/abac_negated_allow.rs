//! TAG108 `abac-negated-allow`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{is_text, key};
use crate::document::tags::{isolates, reading};
use crate::finding::Findings;
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags an Allow to read whose only condition on tags is negated.
    ///
    /// # Why it matters
    ///
    /// A negated operator such as `StringNotEquals` also matches if the object has no such tag. The role can read every
    /// object without the tag, and every object with any other value.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/env": "prod"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the values that the role may read:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/env": ["dev", "qa"]}}}
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
    ///       variable = "aws:ResourceTag/env"
    ///       values   = ["dev", "qa"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "TAG108" "abac-negated-allow", Critical Leak High,
    properties: [NamesMistake, OneSeparation, Outranks], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        let tests = || {
            statement
                .conditions
                .iter()
                .filter(|condition| isolates(condition))
        };
        let negated = |condition: &Condition| {
            condition
                .parsed
                .is_some_and(|operator| operator.negated && is_text(operator))
        };
        let Some(condition) = tests()
            .find(|condition| negated(condition))
            .filter(|_| tests().all(negated))
        else {
            continue;
        };
        let probe = Probe::meeting(document, statement, action, |_| false);
        let Some(proof) =
            probe.and_then(|probe| probe.without(key(condition)).allowed(context, document))
        else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                condition.operator.origin,
                "matches if the tag is absent",
                format!("the policy allows to read every object without `{}`", key(condition)),
            )
            .because(key(condition))
            .related(condition.key.origin, "this tag")
            .help("write StringEquals with the permitted values, and deny exceptions in a Deny statement")
            .request(Some(proof));
        findings.add(draft);
    }
}
