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
    /// Flags a search for a tag of the caller anywhere in an object's tag.
    ///
    /// # Why it matters
    ///
    /// `pay` is found in `payments:orders`. A tag holds one value; conditions know no list in it.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
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
                let probe =
                    Probe::meeting(document, statement, action, |_| false).filter(|_| searched);
                let Some(probe) = probe else { continue };
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
                        "finds parts of names",
                        format!("`{text}` finds the caller's name in longer ones"),
                    )
                    .because(text)
                    .help("one object a tenant, or name the readers in the object's own policy")
                    .request(Some(proof));
                findings.add(draft);
            }
        }
    }
}
