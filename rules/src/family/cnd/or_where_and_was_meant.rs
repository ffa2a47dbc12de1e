//! CND205 `or-where-and-was-meant`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_text, key};
use crate::document::{Document, is_allow, is_deny};
use crate::finding::{Findings, holds};
use crate::text::variables::{principal_tag, variables};
use policy_engine::{
    policy::statement::{Condition, Statement, Written},
    source::Origin,
};
use std::collections::BTreeSet;

rule! {
    /// Flags several principal tags as values of one key, if all of them should match: in a Deny, a negated condition with
    /// several of them; in an Allow, a condition with several of them that another statement of the policy requires one by
    /// one, each with its own key, or that two `condition` blocks of Terraform write: blocks with the same `test` and `variable`
    /// become one condition.
    ///
    /// # Why it matters
    ///
    /// The values of one key are alternatives. A negated condition with two tags does not match a caller that has one of
    /// them, so the Deny does not apply. A condition in an Allow matches a caller that has only one of them.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/owner": ["${aws:PrincipalTag/kubernetes-namespace}", "${aws:PrincipalTag/eks-cluster-name}"]}}}
    /// ```
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/owner": ["${aws:PrincipalTag/kubernetes-namespace}", "${aws:PrincipalTag/eks-cluster-name}"]}}},
    ///  {"Effect": "Allow", "Action": "secretsmanager:DescribeSecret", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}", "aws:ResourceTag/eks-cluster-name": "${aws:PrincipalTag/eks-cluster-name}"}}}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Require each tag with a key of its own; in a Deny, write one statement per tag:
    ///
    /// ```json identity
    /// [{"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/eks-cluster-name": "${aws:PrincipalTag/eks-cluster-name}"}}}]
    /// ```
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/owner": ["${aws:PrincipalTag/kubernetes-namespace}", "${aws:PrincipalTag/eks-cluster-name}"]}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringNotEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    ///
    ///   statement {
    ///     effect    = "Deny"
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringNotEquals"
    ///       variable = "aws:ResourceTag/eks-cluster-name"
    ///       values   = ["$${aws:PrincipalTag/eks-cluster-name}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>
    "CND205" "or-where-and-was-meant", Medium Leak Medium,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let Some(operator) = condition.parsed.filter(|operator| is_text(*operator)) else {
            continue;
        };
        let tags = tags(condition);
        let both = |place| {
            document.in_statement(
                statement,
                condition.origin,
                "one of these values is sufficient",
                place,
            )
        };
        let name = key(condition);
        // One value of two tags asks for both.
        let single = condition
            .values
            .iter()
            .filter(|value| tags_of(value).len() == 1);
        if tags.len() < 2 || single.count() < 2 {
            continue;
        }
        if operator.negated && is_deny(statement) {
            let draft = both(format!(
                "the Deny does not match a request whose `{name}` equals one of several values"
            ));
            findings.add(draft.because(name).help("write one Deny statement per tag"));
        }
        if operator.negated || !is_allow(statement) {
            continue;
        }
        if let Some((value, tag)) = from_other_block(document, condition) {
            let message = format!(
                "a request is allowed if `{name}` equals any one of the values of two conditions"
            );
            let label = "this value is an alternative";
            let draft = document.in_statement(statement, value.origin, label, message);
            let draft = draft
                .because(name)
                .related(condition.origin, "the same key as this condition");
            let prefix = name.rsplit_once('/').map_or(name, |(prefix, _)| prefix);
            findings.add(draft.help(format!("variable = \"{prefix}/{tag}\"")));
            continue;
        }
        let mut others = document.statements().iter();
        if let Some(pair) = others.find(|other| pairs(other, &tags)) {
            let draft = both(format!(
                "a request is allowed if `{name}` equals any one of several values"
            ));
            let draft = draft
                .because(name)
                .related(pair.origin, "requires all of them");
            findings.add(draft.help("write one condition key per tag"));
        }
    }
}

/// The value of another `condition` block than the rest, with its tag: Terraform joins blocks with the same test and variable
/// (Terraform AWS provider, `aws_iam_policy_document`). Of the values of both blocks it is that of another tag than the key's.
fn from_other_block<'c>(
    document: &Document<'_>,
    condition: &'c Condition,
) -> Option<(&'c Written, String)> {
    let own_tag = key(condition).rsplit_once('/')?.1.to_ascii_lowercase();
    let is_inside = |value: &Written| holds(condition.origin, value.origin);
    let mut values = condition.values.iter();
    let is_split = condition.values.iter().any(is_inside)
        && values
            .any(|value| !is_inside(value) && is_behind(document, condition.origin, value.origin));
    let mut others = condition.values.iter().filter_map(|value| {
        let tag = tags_of(value).into_iter().next()?;
        (tag != own_tag).then_some((value, tag))
    });
    others.next().filter(|_| is_split)
}

/// Whether a place is behind another one, with no statement between them.
fn is_behind(document: &Document<'_>, first: Origin, second: Origin) -> bool {
    let between = first.span.end..second.span.start;
    let mut starts = document
        .statements()
        .iter()
        .map(|own| own.origin.span.start);
    first.source == second.source
        && !between.is_empty()
        && !starts.any(|start| between.contains(&start))
}

/// The tags of the caller with which a key is compared.
fn tags(condition: &Condition) -> BTreeSet<String> {
    condition.values.iter().flat_map(tags_of).collect()
}

fn tags_of(value: &Written) -> BTreeSet<String> {
    let variables = variables(value.text.literal()).into_iter();
    variables
        .filter_map(|(variable, ..)| principal_tag(&variable).map(str::to_ascii_lowercase))
        .collect()
}

/// Whether a statement asks for each of some tags by a key of its own.
fn pairs(statement: &Statement, wanted: &BTreeSet<String>) -> bool {
    wanted.iter().all(|tag| {
        statement.conditions.iter().any(|condition| {
            let own = tags(condition);
            own.len() == 1 && own.contains(tag)
        })
    })
}
