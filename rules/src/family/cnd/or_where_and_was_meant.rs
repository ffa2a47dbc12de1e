//! CND205 `or-where-and-was-meant`.

use crate::conditions::{each, key};
use crate::context::Context;
use crate::document::{Document, is_deny};
use crate::finding::Findings;
use crate::isolation::{is_text, principal_tag, variables};
use crate::rule::{Check, rule};

rule! {
    /// Flags several tags of one principal listed as values of one key in a Deny that was to ask for all of them: a negated test of a
    /// tag against several variables.
    ///
    /// # Why it matters
    ///
    /// Values of one key are alternatives. "Not equal to any of them" lets through whoever equals one.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/owner": ["${aws:PrincipalTag/kubernetes-namespace}", "${aws:PrincipalTag/eks-cluster-name}"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// [{"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/eks-cluster-name": "${aws:PrincipalTag/eks-cluster-name}"}}}]
    /// ```
    "CND205" "or-where-and-was-meant", Medium Leak Medium,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let negated = condition
            .parsed
            .is_some_and(|one| is_text(one) && one.negated);
        let tags = condition.values.iter().filter(|one| {
            variables(one.text.literal())
                .iter()
                .any(|(one, ..)| principal_tag(one).is_some())
        });
        if negated && is_deny(statement) && tags.count() > 1 {
            let draft = document
                .in_statement(
                    statement,
                    condition.origin,
                    "one of them is enough",
                    format!(
                        "whoever equals one of the values of `{}` is not denied",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .help("a Deny for each of the tags");
            findings.add(draft);
        }
    }
}
