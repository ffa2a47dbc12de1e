//! CND205 `or-where-and-was-meant`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, is_text, key};
use crate::document::{Document, is_allow, is_deny};
use crate::finding::Findings;
use crate::text::variables::{principal_tag, variables};
use policy_engine::policy::statement::{Condition, Statement, Written};
use std::collections::BTreeSet;

rule! {
    /// Flags several tags of one principal listed as values of one key that were to hold together: in a Deny, a negated test against
    /// several of them; in an Allow, a test against several of them that another statement of the policy asks for one by one, each
    /// with a key of its own.
    ///
    /// # Why it matters
    ///
    /// Values of one key are alternatives. "Not equal to any of them" lets through whoever equals one, and "equal to them" lets in whoever
    /// equals one.
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
    /// ```json identity
    /// [{"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/eks-cluster-name": "${aws:PrincipalTag/eks-cluster-name}"}}}]
    /// ```
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/owner": ["${aws:PrincipalTag/kubernetes-namespace}", "${aws:PrincipalTag/eks-cluster-name}"]}}}
    /// ```
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
            document.in_statement(statement, condition.origin, "one of them is enough", place)
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
                "whoever equals one of the values of `{name}` is not denied"
            ));
            findings.add(draft.because(name).help("a Deny for each of the tags"));
        }
        if operator.negated || !is_allow(statement) {
            continue;
        }
        let mut others = document.statements().iter();
        if let Some(pair) = others.find(|other| pairs(other, &tags)) {
            let draft = both(format!(
                "whoever equals one of the values of `{name}` is let in"
            ));
            let draft = draft
                .because(name)
                .related(pair.origin, "asks for them together");
            findings.add(draft.help("a key for each of the tags"));
        }
    }
}

/// The tags of the caller with which a key is compared.
fn tags(condition: &Condition) -> BTreeSet<String> {
    condition.values.iter().flat_map(tags_of).collect()
}

fn tags_of(value: &Written) -> BTreeSet<String> {
    let found = variables(value.text.literal()).into_iter();
    found
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
