//! TAG107 `abac-for-all-values`.

use crate::ask::loose_tests::loose_tests;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::{Findings, Grade};
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
        let qualifier = condition.parsed.and_then(|operator| operator.qualifier);
        qualifier == Some(SetQualifier::ForAllValues)
    };
    findings.extend(loose_tests(context, document, is_loose, |operator| {
        operator
            .split_once(':')
            .map_or(operator, |(_, plain)| plain)
    }));
}
