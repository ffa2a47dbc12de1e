//! TAG103 `request-tag-in-read-permission`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::finding::Findings;
use crate::text::variables::variables;

rule! {
    /// Flags `aws:RequestTag/…` in a permission to read.
    ///
    /// # Why it matters
    ///
    /// A call that reads carries no tags; the caller's own stand in `aws:PrincipalTag/…`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:RequestTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    "TAG103" "request-tag-in-read-permission", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        for condition in &statement.conditions {
            let own =
                matches!(tag(condition), Some(Tag::Request(_))).then_some(condition.key.origin);
            let value = condition.values.iter().find(|value| {
                variables(value.text.literal())
                    .iter()
                    .any(|(variable, ..)| variable.key.strip_prefix("aws:RequestTag/").is_some())
            });
            let Some(place) = own.or(value.map(|value| value.origin)) else {
                continue;
            };
            let probe = Probe::meeting(document, statement, action, |condition| {
                matches!(tag(condition), Some(Tag::Request(_)))
            });
            let Some(proof) = probe.and_then(|probe| probe.refused(context, document)) else {
                continue;
            };
            let draft = document
                .in_statement(
                    statement,
                    place,
                    "never there when something is read",
                    format!("a call of {action} carries no tags of its own"),
                )
                .because(key(condition))
                .help("aws:PrincipalTag/… is the tag of the caller")
                .request(Some(proof));
            findings.add(draft);
        }
    }
}
