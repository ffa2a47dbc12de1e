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
    /// Flags a wildcard beside a variable in the test of an object's tag.
    ///
    /// # Why it matters
    ///
    /// The namespace `pay` reads what is tagged `payments`; whoever may make a namespace with a short name reads everything.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Fix
    ///
    /// Safe: takes the wildcard away, which narrows what is allowed.
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
                        "fits longer names, too",
                        format!("`{text}` fits the tags of other tenants"),
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
