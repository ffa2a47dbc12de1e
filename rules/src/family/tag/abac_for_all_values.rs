//! TAG107 `abac-for-all-values`.

use crate::context::Context;
use crate::document::Document;
use crate::finding::Grade;
use crate::finding::{Findings, Fix};
use crate::isolation::{isolates, reading};
use crate::probe::Probe;
use crate::rule::{Check, rule};
use policy_engine::policy::condition::SetQualifier;
use policy_engine::policy::statement::Condition;

rule! {
    /// Flags `ForAllValues:` before the test of a tag by which an Allow keeps tenants apart.
    ///
    /// # Why it matters
    ///
    /// It holds where the tag is absent, just as `IfExists` does.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ForAllValues:StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
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
    /// Safe: drops the qualifier, which narrows what is allowed.
    "TAG107" "abac-for-all-values", Critical Leak High,
    needs: [Policies], aws: [], fix: Some(Grade::Safe), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let is_loose = |condition: &Condition| {
        let qualifier = condition.parsed.and_then(|one| one.qualifier);
        isolates(condition) && qualifier == Some(SetQualifier::ForAllValues)
    };
    for (statement, action) in reading(document) {
        for condition in statement.conditions.iter().filter(|one| is_loose(one)) {
            let key = condition.key.text.literal();
            let probe = Probe::meeting(document, statement, action, is_loose);
            let proof = probe.and_then(|probe| probe.without(key).allowed(context, document));
            if proof.is_none() {
                continue;
            }
            let message = format!("whoever lacks `{key}` passes: {action} is allowed without it");
            let written = condition.operator.value.as_str();
            let operator = written
                .split_once(':')
                .map_or(written, |(_, operator)| operator);
            let draft = document
                .in_statement(
                    statement,
                    condition.operator.origin,
                    "holds where the tag is absent",
                    message,
                )
                .because(key)
                .related(condition.key.origin, "this tag")
                .help(format!("\"{operator}\""))
                .request(proof)
                .once(statement.origin)
                .fix(Fix {
                    grade: Grade::Safe,
                    edits: vec![(condition.operator.origin, format!("\"{operator}\""))],
                });
            findings.add(draft);
        }
    }
}
