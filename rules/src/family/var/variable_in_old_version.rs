//! VAR107 `variable-in-old-version`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;
use crate::text::variables::variables;

rule! {
    /// Flags `${…}` in a policy without `Version`, or of version 2008-10-17.
    ///
    /// # Why it matters
    ///
    /// There it is plain text: a test for equality never holds, and a negated one always does. Where a pod's mount fails for it,
    /// it is reported as TAG115.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}}
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the version of 2012, where a version is written.
    "VAR107" "variable-in-old-version", High Break High,
    needs: [Policies], aws: ["VARIABLE_UNSUPPORTED_IN_VERSION"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.policy.has_variables() {
        return;
    }
    let mut texts = crate::document::texts(document);
    let Some((statement, text)) =
        texts.find(|(_, text)| !variables(text.text.literal()).is_empty())
    else {
        return;
    };
    let version = document.policy.version.as_ref();
    let place = version.map_or(document.policy.origin, |version| version.origin);
    let draft = document
        .dead(
            statement,
            RULE.severity,
            place,
            "no variables in this version",
            "`${…}` is plain text in this version of the language",
        )
        .because(text.text.literal())
        .related(text.origin, "compared letter by letter")
        .help("\"Version\": \"2012-10-17\"");
    findings.add(if version.is_some() {
        draft.replace(Grade::Repair, "\"2012-10-17\"")
    } else {
        draft
    });
}
